/* The law browser: the filter of the records, and what comparison and calculator share with it.
   The data stand in the page as JSON, made by contrechamp.site.law_records; what is computed here is what contrechamp.law
   computes, and a test compares the two. Nothing is fetched, nothing is stored. */
(function (root) {
  "use strict";
  var APPLIES = ["in_force", "in_force_grace"];
  var LEVELS = ["in_force", "start_to_check", "coming", "indirect", "proposed", "past", "unknown"];
  var LEVEL = {
    in_force: "in_force", in_force_grace: "in_force", start_to_check: "start_to_check",
    adopted_not_yet_applicable: "coming", transposition_due: "coming", not_yet: "coming",
    proposed: "proposed", lapsed: "past", unknown: "unknown"
  };
  var law = {};

  // Days. A day is its ISO text, which sorts as it should.

  function two(number) { return (number < 10 ? "0" : "") + number; }

  law.lastOf = function (year, month) { return new Date(Date.UTC(year, month, 0)).getUTCDate(); };

  law.isDay = function (text) {
    var found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
    return !!found && +found[1] > 0 && +found[2] > 0 && +found[2] < 13 && +found[3] > 0 &&
      +found[3] <= law.lastOf(+found[1], +found[2]);
  };

  law.span = function (text) {
    var found = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text || "");
    if (!found) { return null; }
    if (found[3]) { return [text, text]; }
    return found[2] ? [text + "-01", text + "-" + two(law.lastOf(+found[1], +found[2]))]
      : [text + "-01-01", text + "-12-31"];
  };

  law.dayInWords = function (data, day) {
    var part = day.split("-");
    var first = data.lang === "fr" && +part[2] === 1 ? "1er" : String(+part[2]);
    return first + " " + data.months[+part[1] - 1] + " " + String(+part[0]);
  };

  law.fill = function (sentence, values) {
    return sentence.replace(/\{(\w+)\}/g, function (whole, name) { return name in values ? values[name] : whole; });
  };

  // State on a day: contrechamp.datasets.law_status.

  law.status = function (record, day) {
    return record.proceeding ? proceeding(record, day) : provision(record, day);
  };

  function provision(record, day) {
    var adopted = law.span(record.adopted), ended = law.span(record.ended), recorded = record.recorded_status;
    if (adopted && day < adopted[0]) { return "not_yet"; }
    if (recorded === "open" || recorded === "decided") {
      return adopted || recorded === "decided" ? recorded : "unknown";
    }
    if (recorded === "proposed") { return "proposed"; }
    return recorded === "lapsed" ? lapsed(record, day, adopted, ended) : applying(record, day, adopted);
  }

  function lapsed(record, day, adopted, ended) {
    var applies = law.span(record.applies_from);
    if (!ended || day > ended[1]) { return "lapsed"; }
    if (day >= ended[0]) { return ended[0] === ended[1] ? "lapsed" : "unknown"; }
    if (applies && day >= applies[1]) { return "in_force"; }
    return adopted && applies ? "adopted_not_yet_applicable" : "proposed";
  }

  function applying(record, day, adopted) {
    var applies = law.span(record.applies_from), seen = law.span(record.seen_in_force);
    if (!applies) {
      if (record.recorded_status !== "in_force") { return "adopted_not_yet_applicable"; }
      return seen && day >= seen[1] ? "in_force" : "start_to_check";
    }
    if (day < applies[0]) { return adopted && day >= adopted[1] ? "adopted_not_yet_applicable" : "not_yet"; }
    if (day < applies[1]) { return "start_to_check"; }
    if (record.transposition_deadline && record.transposition_deadline === record.applies_from) {
      return "transposition_due";
    }
    return record.grace_until && day < record.grace_until ? "in_force_grace" : "in_force";
  }

  function proceeding(record, day) {
    var opened = law.span(record.opened), decided = law.span(record.decided);
    if (opened && day < opened[0]) { return "not_yet"; }
    if (decided && day >= decided[1]) { return record.recorded_status; }
    return !opened || day < opened[1] || (decided && day >= decided[0]) ? "unknown" : "open";
  }

  // Choosing: contrechamp.law.selection.

  law.plain = function (text) {
    var made = text.toLowerCase().replace(/\u00df/g, "ss").replace(/[\u2019\u02bc]/g, "'");
    return made.normalize ? made.normalize("NFKD").replace(/[\u0300-\u036f]/g, "") : made;
  };

  law.day = function (data, asked) {
    if (!asked) { return { day: data.asOf }; }
    if (!law.isDay(asked)) {
      return { error: law.fill(data.words.noDay, { given: "'" + asked + "'", example: data.asOf }) };
    }
    if (asked < data.oldest) {
      return { error: law.fill(data.words.tooOld, {
        oldest: law.dayInWords(data, data.oldest), day: law.dayInWords(data, asked)
      }) };
    }
    return { day: asked };
  };

  function has(list, name) { return list.indexOf(name) >= 0; }

  function known(data, asked) {
    var lists = { place: data.places, act: data.conducts, about: data.materials, state: data.states }, name;
    for (name in lists) {
      if (asked[name] && !Object.prototype.hasOwnProperty.call(lists[name], asked[name])) {
        return law.fill(data.words.unknownCode, { field: data.words[name], name: asked[name] });
      }
    }
    return "";
  }

  /* Return {day, states: {id: status}, found: [id]}, or {error: sentence}. */
  law.find = function (data, asked) {
    var on = law.day(data, asked.on), wrong = on.error || known(data, asked);
    if (wrong) { return { error: wrong }; }
    var words = law.plain(asked.words || "").split(/\s+/).filter(Boolean);
    var states = {}, found = [];
    data.records.forEach(function (record) {
      var state = states[record.id] = law.status(record, on.day);
      if (asked.place && record.place !== asked.place) { return; }
      if (asked.act && !record.acts.some(function (pair) { return pair[0] === asked.act; })) { return; }
      if (asked.about && !has(record.about, asked.about)) { return; }
      if (asked.state && asked.state !== state && !(asked.state === "applies" && has(APPLIES, state))) { return; }
      if (words.every(function (word) { return has(record.text, word); })) { found.push(record.id); }
    });
    return { day: on.day, states: states, found: found };
  };

  // Side by side: contrechamp.law.coverage, with conducts as rows and places as columns.

  law.coverage = function (data, places, about, kinds, day) {
    var reaching = about === "real_intimate" ? ["named", "real_only"] : ["named"], cells = {};
    Object.keys(data.conducts).forEach(function (act) {
      cells[act] = {};
      places.forEach(function (place) { cells[act][place] = { level: "unknown", records: [] }; });
    });
    data.records.forEach(function (record) {
      var plainLevel = LEVEL[law.status(record, day)];
      if (!plainLevel || !has(places, record.place) || !has(record.about, about) || !has(kinds, record.kind)) { return; }
      record.acts.forEach(function (pair) {
        var weak = plainLevel === "past" || plainLevel === "proposed", cell = cells[pair[0]][record.place];
        var level = has(reaching, pair[1]) || weak ? plainLevel : "indirect";
        cell.records.push(record.id);
        if (LEVELS.indexOf(level) < LEVELS.indexOf(cell.level)) { cell.level = level; }
      });
    });
    return cells;
  };

  // The address of a page: what a form holds, so that a view can be linked.

  law.asked = function (query) {
    var made = {};
    query.replace(/^\?/, "").split("&").forEach(function (pair) {
      var cut = pair.indexOf("=");
      if (cut < 1) { return; }
      try {
        made[pair.slice(0, cut)] = decodeURIComponent(pair.slice(cut + 1).replace(/\+/g, " "));
      } catch (error) { /* a broken escape is no answer to the form */ }
    });
    return made;
  };

  law.query = function (asked) {
    var parts = Object.keys(asked).filter(function (name) { return asked[name]; }).map(function (name) {
      return name + "=" + encodeURIComponent(asked[name]);
    });
    return parts.length ? "?" + parts.join("&") : "";
  };

  law.remember = function (asked, fragment) {
    try {
      history.replaceState(null, "", location.pathname + law.query(asked) + (fragment || ""));
    } catch (error) { /* an old browser: the view works, it only has no address */ }
  };

  law.make = function (tag, text, attributes) {
    var made = document.createElement(tag);
    if (text) { made.textContent = text; }
    Object.keys(attributes || {}).forEach(function (name) { made.setAttribute(name, attributes[name]); });
    return made;
  };

  law.fields = function (form) {
    return Array.prototype.filter.call(form.elements, function (field) { return field.name; });
  };

  law.readForm = function (form) {
    var asked = {};
    law.fields(form).forEach(function (field) { asked[field.name] = field.value.trim(); });
    return asked;
  };

  /* Put the address into the form; return what the form cannot hold, as {name: value}. */
  law.fillForm = function (form, asked) {
    var left = {};
    law.fields(form).forEach(function (field) {
      if (!asked[field.name]) { return; }
      field.value = asked[field.name];
      if (field.value !== asked[field.name]) { left[field.name] = asked[field.name]; field.value = ""; }
    });
    return left;
  };

  function browse(data, form) {
    var said = document.getElementById("law-count"), aside = document.getElementById("law-also");
    var rows = {}, tables = Array.prototype.slice.call(document.querySelectorAll(".law-place")), timer, ours;
    // The last first: a place is listed while one of its parts is.
    var entries = Array.prototype.slice.call(document.querySelectorAll("[data-entry]")).reverse();
    Array.prototype.forEach.call(document.querySelectorAll("tr[data-record]"), function (row) { rows[row.id] = row; });

    function show(asked, wrong) {
      var answer = wrong ? { error: wrong } : law.find(data, asked), all = answer.error ? law.find(data, {}) : answer;
      var shown = {};
      all.found.forEach(function (id) { shown[id] = true; });
      data.records.forEach(function (record) {
        rows[record.id].hidden = !shown[record.id];
        rows[record.id].querySelector(".law-state").textContent = data.status[all.states[record.id]];
      });
      tables.forEach(function (table) {
        var section = table.parentNode, any = function (place) { return !!place.querySelector("tr[data-record]:not([hidden])"); };
        table.hidden = !any(table);
        if (section.tagName === "SECTION" && !section.contains(form)) { section.hidden = !any(section); }
      });
      entries.forEach(function (entry) {
        var table = document.getElementById(entry.querySelector("a").hash.slice(1));
        entry.querySelector("span").textContent = table.querySelectorAll("tr[data-record]:not([hidden])").length;
        entry.hidden = table.hidden && !entry.querySelector("li:not([hidden])");
      });
      said.textContent = answer.error || law.fill(all.found.length ? data.words.count : data.words.none, {
        count: all.found.length, total: data.records.length, day: law.dayInWords(data, all.day)
      });
      also(answer.error ? "" : asked.place, asked);
    }

    function also(place, asked) {
      aside.textContent = "";
      ((data.places[place] || {}).also || []).forEach(function (other, number) {
        var next = {};
        Object.keys(asked).forEach(function (name) { next[name] = asked[name]; });
        next.place = other;
        aside.appendChild(document.createTextNode(number ? ", " : data.words.also + " "));
        aside.appendChild(law.make("a", data.places[other].name, { href: law.query(next) }));
      });
    }

    function changed() {
      var asked = law.readForm(form);
      law.remember(asked);
      show(asked);
    }

    /* A record that the address names is shown, or one sentence says that there is none of that name. */
    function named() {
      var name = location.hash.slice(1), asked = law.readForm(form);
      try { name = decodeURIComponent(name); } catch (error) { /* named as it stands */ }
      if (!name) { return; }
      if (rows[name]) {
        if (rows[name].hidden) {
          ours = true;
          form.reset();
          ours = false;
          law.remember({}, location.hash);
          show({});
          said.textContent = law.fill(data.words.cleared, { name: name });
        }
        rows[name].scrollIntoView();
      } else if (!document.getElementById(name)) {
        show(asked, law.fill(has(data.leftOut, name) ? data.words.leftOut : data.words.noRecord, { name: name }));
      }
    }

    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); changed(); });
    form.addEventListener("reset", function () { if (!ours) { setTimeout(changed, 0); } });
    form.addEventListener("change", changed);
    form.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(changed, 200); });
    root.addEventListener("hashchange", named);
    var left = law.fillForm(form, law.asked(location.search)), name = Object.keys(left)[0];
    show(law.readForm(form), name ? law.find(data, left).error || "" : "");
    named();
  }

  law.one = function (data, id) {
    return data.records.filter(function (record) { return record.id === id; })[0];
  };

  /* A table as the pages have them: a caption, headings with a scope, a label in each cell for narrow screens. */
  law.table = function (title, heads, body) {
    var region = law.make("div", "", { "class": "law-scroll", tabindex: "0", role: "region", "aria-label": title });
    var table = region.appendChild(law.make("table", "", { "class": "law-table" }));
    var row = table.appendChild(law.make("thead")).appendChild(law.make("tr")), rest;
    table.insertBefore(law.make("caption", title), table.firstChild);
    heads.forEach(function (head) { row.appendChild(law.make("th", head, { scope: "col" })); });
    rest = table.appendChild(law.make("tbody"));
    body.forEach(function (cells) {
      var line = rest.appendChild(law.make("tr"));
      cells.forEach(function (value, at) {
        var made = law.make(at ? "td" : "th", "", at ? { "data-label": heads[at] } : { scope: "row" });
        made.appendChild(typeof value === "string" ? document.createTextNode(value) : value);
        line.appendChild(made);
      });
    });
    return region;
  };

  /* Start `page` on the form of that name, once the page and its data are there. */
  law.start = function (id, page) {
    document.addEventListener("DOMContentLoaded", function () {
      var form = document.getElementById(id), data = document.getElementById("law-data");
      if (form && data) { page(JSON.parse(data.textContent), form); }
    });
  };

  if (typeof module === "object" && module.exports) {
    module.exports = law;
  } else {
    root.contrechampLawTools = law;
    law.start("law-filter", browse);
  }
}(typeof window === "undefined" ? this : window));
