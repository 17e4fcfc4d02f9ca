/* The deadline calculator: what contrechamp.law.deadlines computes, in the browser; a test compares the two.
   Hours are elapsed time; days and months are counted on the calendar of the zone. No holiday is known here. */
(function (root) {
  "use strict";
  var law = typeof module === "object" && module.exports ? require("./law.js") : root.contrechampLawTools;
  var HOUR = 3600000, DAY = 24 * HOUR, MOMENT = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2})?$/;
  var clocks = {}, formats = {};

  function two(number) { return (number < 10 ? "0" : "") + number; }

  // A wall-clock time is kept as the milliseconds that it would be in UTC.

  function format(zone) {
    if (!formats[zone]) {
      formats[zone] = new Intl.DateTimeFormat("en-US", {
        timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
        hour: "2-digit", minute: "2-digit", second: "2-digit"
      });
    }
    return formats[zone];
  }

  /* Milliseconds by which a zone is ahead of UTC at a moment. A fixed offset is a number already. */
  function offset(zone, utc) {
    if (typeof zone === "number") { return zone; }
    var part = {};
    format(zone).formatToParts(new Date(utc)).forEach(function (piece) { part[piece.type] = +piece.value; });
    return Date.UTC(part.year, part.month - 1, part.day, part.hour % 24, part.minute, part.second) - Math.floor(utc / 1000) * 1000;
  }

  /* The offsets that a wall-clock time may have: [first, second]; they differ where the clocks skip or repeat it. */
  function offsets(zone, wall) {
    if (typeof zone === "number") { return [zone, zone]; }
    var about = wall - offset(zone, wall), before = offset(zone, about - DAY), after = offset(zone, about + DAY);
    if (before === after) { return [before, before]; }
    var early = offset(zone, wall - before) === before, late = offset(zone, wall - after) === after;
    if (early && !late) { return [before, before]; }
    if (late && !early) { return [after, after]; }
    return [before, after];
  }

  function at(utc, zone) {
    var ahead = offset(zone, utc), both = offsets(zone, utc + ahead);
    return { utc: utc, wall: utc + ahead, ahead: ahead, zone: zone, fold: both[0] !== both[1] && both[1] === ahead ? 1 : 0 };
  }

  function written(ahead) {
    var minutes = Math.abs(ahead) / 60000;
    return (ahead < 0 ? "-" : "+") + two(Math.floor(minutes / 60)) + ":" + two(Math.floor(minutes % 60));
  }

  clocks.offset = function (moment) { return written(moment.ahead); };

  clocks.iso = function (moment) { return new Date(moment.wall).toISOString().slice(0, 19) + written(moment.ahead); };

  /* Read a moment: {moment}, or {error, offsets?}. Mirrors contrechamp.law.deadlines.aware. */
  clocks.aware = function (data, text, zone) {
    var found = MOMENT.exec(text), wall, both;
    if (!found || !law.isDay(found[1]) || +found[2] > 23 || +found[3] > 59 || +(found[4] || 0) > 59) {
      return { error: law.fill(data.words.noMoment, { given: "'" + text + "'" }) };
    }
    wall = Date.parse(found[1] + "T" + found[2] + ":" + found[3] + ":" + (found[4] || "00") + "Z");
    if (found[5]) {
      both = found[5] === "Z" ? 0 : (found[5][0] === "-" ? -1 : 1) * (+found[5].slice(1, 3) * HOUR + +found[5].slice(4) * 60000);
      return { moment: { utc: wall - both, wall: wall, ahead: both, zone: both, fold: 0 } };
    }
    if (!zone) { return { error: law.fill(data.words.noZone, { given: text.slice(0, 16) }) }; }
    both = offsets(zone, wall);
    if (both[0] !== both[1]) {
      return {
        error: law.fill(data.words.clocksChange, {
          zone: zone, given: text.slice(0, 16), example: text.slice(0, 16) + written(both[1])
        }),
        offsets: offset(zone, wall - both[0]) === both[0] ? both.map(written) : [],
        skipped: offset(zone, wall - both[0]) !== both[0]
      };
    }
    return { moment: { utc: wall - both[0], wall: wall, ahead: both[0], zone: zone, fold: 0 } };
  };

  clocks.add = function (moment, amount, unit) {
    if (unit === "hours") { return at(moment.utc + amount * HOUR, moment.zone); }
    var day = new Date(moment.wall), months, both, wall;
    if (unit === "days") {
      wall = moment.wall + amount * DAY;
    } else {
      months = day.getUTCFullYear() * 12 + day.getUTCMonth() + amount;
      wall = Date.UTC(Math.floor(months / 12), months % 12,
        Math.min(day.getUTCDate(), law.lastOf(Math.floor(months / 12), months % 12 + 1))) + moment.wall % DAY;
    }
    both = offsets(moment.zone, wall);
    return at(wall - both[moment.fold], moment.zone);
  };

  clocks.at = at;

  /* Every clock of a record: {clocks: [...]}, or {error}. */
  clocks.deadlines = function (data, id, text, zone) {
    var record = law.one(data, id), read, status, own = data.clocks.filter(function (clock) { return clock.provision === id; });
    if (data.known.indexOf(id) < 0) { return { error: law.fill(data.words.noProvision, { name: id }) }; }
    if (!own.length) { return { error: law.fill(data.words.noClock, { name: id }) }; }
    if (zone && data.zones.indexOf(zone) < 0) { return { error: law.fill(data.words.unknownZone, { name: zone }) }; }
    read = clocks.aware(data, text, zone);
    if (read.error) { return read; }
    status = law.status(record, new Date(read.moment.wall).toISOString().slice(0, 10));
    var started = zone ? at(read.moment.utc, zone) : read.moment;
    return {
      started: started,
      status: status,
      clocks: own.map(function (clock) {
        var runs = clock.amount !== null && applies(status);
        return { clock: clock, due: runs ? clocks.add(started, clock.amount, clock.unit) : null };
      })
    };
  };

  clocks.inWords = function (data, moment) {
    var iso = clocks.iso(moment);
    return law.dayInWords(data, iso.slice(0, 10)) + ", " + iso.slice(11, 16) + " (UTC" + written(moment.ahead) + ")";
  };

  function applies(status) { return status === "in_force" || status === "in_force_grace"; }

  /* The end of a clock; the words of the text where there is no number; the state, where the rule did not apply. */
  clocks.end = function (data, line, status) {
    if (!applies(status)) { return data.status[status]; }
    if (line.due) {
      var when = clocks.inWords(data, line.due);
      return line.clock.words ? law.fill(data.words.about, { when: when, words: line.clock.words }) : when;
    }
    return law.fill(data.words.noNumber, { words: line.clock.words });
  };

  function calculator(data, form) {
    var said = document.getElementById("law-count"), place = document.getElementById("law-answer");
    var repeated = document.getElementById("law-repeated");

    function missing(asked) {
      if (!asked.record) { return data.words.whichRecord; }
      return asked.day && asked.time ? "" : data.words.whichMoment;
    }

    function show(asked, error) {
      var sentence = error || missing(asked), answer, text;
      place.textContent = "";
      if (!sentence) {
        text = asked.day + "T" + asked.time;
        answer = clocks.deadlines(data, asked.record, text + (repeated.hidden ? "" : asked.offset || ""), asked.zone);
        sentence = answer.error || "";
        if (answer.offsets) { sentence = ask(answer, asked, text); }
      }
      said.textContent = sentence || law.fill(data.words.computed, { count: answer.clocks.length });
      if (!sentence) { tell(answer, law.one(data, asked.record)); }
    }

    /* The hour is skipped or comes twice: say so; where it comes twice, offer both. */
    function ask(answer, asked, text) {
      var choice = form.elements.offset;
      repeated.hidden = answer.skipped;
      choice.textContent = "";
      choice.appendChild(law.make("option", data.words.chooseOffset, { value: "" }));
      answer.offsets.forEach(function (ahead) { choice.appendChild(law.make("option", "UTC" + ahead, { value: ahead })); });
      return law.fill(answer.skipped ? data.words.skipped : data.words.twice, { zone: asked.zone, given: text.replace("T", " ") });
    }

    function tell(answer, record) {
      var title = law.fill(data.words.clocksOf, { cite: record.cite, started: clocks.inWords(data, answer.started) });
      place.appendChild(law.table(title, data.words.clockHeads, answer.clocks.map(function (line) {
        var clock = line.clock;
        return [data.clockNames[clock.clock], data.actors[clock.actor], clock.starts, clock.number || clock.words,
          clocks.end(data, line, answer.status), clock.note || data.words.noCaveat, clock.grade];
      })));
      var about = place.appendChild(law.make("p", law.fill(data.words.rule, {
        title: record.title, status: data.status[answer.status], grade: record.grade, checked: record.checked,
        caveat: record.caveat || data.words.noCaveat
      }) + " "));
      about.appendChild(law.make("a", data.words.toRecord, { href: "index.html#" + record.id }));
    }

    function changed(event) {
      if (event && event.target.name !== "offset") { repeated.hidden = true; }
      var asked = law.readForm(form);
      if (repeated.hidden) { delete asked.offset; }
      law.remember(asked);
      show(asked);
    }

    form.hidden = false;
    form.addEventListener("submit", function (event) { event.preventDefault(); changed(); });
    form.addEventListener("change", changed);
    try {
      format("Europe/Paris");
    } catch (error) {
      said.textContent = data.words.oldBrowser;
      return;
    }
    var asked = law.asked(location.search), own = data.known.indexOf(asked.record) >= 0;
    var left = law.fillForm(form, asked);
    if (left.record) {
      show(asked, law.fill(own ? data.words.noClock : data.words.noProvision, { name: left.record }));
    } else if (left.zone) {
      show(asked, law.fill(data.words.unknownZone, { name: left.zone }));
    } else {
      show(law.readForm(form));
      if (!repeated.hidden && asked.offset) {
        form.elements.offset.value = asked.offset;
        show(law.readForm(form));
      }
    }
  }

  if (typeof module === "object" && module.exports) {
    module.exports = clocks;
  } else {
    law.start("law-clock", calculator);
  }
}(typeof window === "undefined" ? this : window));
