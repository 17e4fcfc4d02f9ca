/* Two to four places side by side. The levels come from law.coverage in law.js. */
(function (root) {
  "use strict";
  var law = root.contrechampLawTools;

  function has(list, name) { return list.indexOf(name) >= 0; }

  function compare(data, form) {
    var said = document.getElementById("law-count"), place = document.getElementById("law-comparison");

    function chosen(asked) {
      return [asked.first, asked.second, asked.third, asked.fourth].filter(function (name, at, all) {
        return name && all.indexOf(name) === at;
      });
    }

    function wrong(asked, places) {
      var on = law.day(data, asked.on);
      return on.error || (places.length < 2 ? data.words.twoPlaces : "");
    }

    function show(asked, error) {
      var places = chosen(asked), sentence = error || wrong(asked, places);
      place.textContent = "";
      document.body.classList.toggle("law-compared", !sentence);
      said.textContent = sentence;
      if (sentence) { return; }
      var day = asked.on || data.asOf, kinds = asked.kind === "rules" ? data.rules : [asked.kind];
      var cells = law.coverage(data, places, asked.about, kinds, day);
      var title = law.fill(data.words.compared, {
        places: places.map(function (name) { return data.places[name].name; }).join(", "),
        kind: data.kinds[asked.kind],
        material: data.materials[asked.about], day: law.dayInWords(data, day)
      });
      place.appendChild(law.table(title, [data.words.act].concat(places.map(function (name) {
        return data.places[name].name;
      })), Object.keys(cells).map(function (act) {
        return [data.conducts[act]].concat(places.map(function (name) { return cell(act, cells[act][name], asked.about, day); }));
      })));
      place.appendChild(law.make("p", data.words.silent));
      place.appendChild(behind(places, cells, day));
      said.textContent = law.fill(data.words.sideBySide, { count: places.length });
    }

    /* Whether the text of a record names the act for the material asked about, as in law.coverage. */
    function names(record, act, about) {
      var reaching = about === "real_intimate" ? ["named", "real_only"] : ["named"];
      return record.acts.some(function (pair) { return pair[0] === act && has(reaching, pair[1]); });
    }

    function cell(act, found, about, day) {
      var made = document.createDocumentFragment();
      made.appendChild(law.make("span", data.levels[found.level], { "class": "law-level law-level-" + found.level }));
      found.records.forEach(function (id) {
        var record = law.one(data, id), line = law.make("span", "", { "class": "law-behind" });
        line.appendChild(law.make("a", record.cite, { href: "index.html#" + id }));
        line.appendChild(document.createTextNode(" (" + data.status[law.status(record, day)] +
          (names(record, act, about) ? "" : ", " + data.words.notNamed) + ")"));
        made.appendChild(line);
      });
      return made;
    }

    /* Every record that the table rests on, with what must never be cut off from it. */
    function behind(places, cells, day) {
      var ids = data.records.map(function (record) { return record.id; }).filter(function (id) {
        return Object.keys(cells).some(function (act) {
          return places.some(function (name) { return has(cells[act][name].records, id); });
        });
      });
      return law.table(data.words.behind, data.words.behindHeads, ids.map(function (id) {
        var record = law.one(data, id), link = law.make("a", record.cite, { href: "index.html#" + id });
        return [link, record.title, data.status[law.status(record, day)], record.ceiling || data.words.unknownCeiling,
          record.grade, record.caveat || data.words.noCaveat, record.checked, address(record)];
      }));
    }

    function address(record) {
      var made = document.createDocumentFragment(), url = record.address[0];
      if (!url) { return data.words.noCaveat; }
      made.appendChild(law.make("a", url.split("/")[2].replace(/^www\./, ""), { href: url, rel: "noreferrer" }));
      made.appendChild(document.createTextNode(" " + record.address[1]));
      return made;
    }

    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("change", function () {
      var asked = law.readForm(form);
      law.remember(asked);
      show(asked);
    });
    document.getElementById("law-print").addEventListener("click", function () { root.print(); });
    var asked = law.asked(location.search), left = law.fillForm(form, asked), name = Object.keys(left)[0];
    if (name) {
      show(law.readForm(form), law.fill(data.words.unknownCode, { field: data.words[name] || name, name: left[name] }));
    } else if (asked.first) {
      show(law.readForm(form));
    } else {
      said.textContent = data.words.twoPlaces;
    }
  }

  law.start("law-compare", compare);
}(window));
