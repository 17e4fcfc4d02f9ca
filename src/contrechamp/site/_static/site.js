/* The few things that need a script: leaving fast, light or dark, search from a folder. */
(function () {
  "use strict";
  var bar = document.querySelector(".cc-bar"), root = document.documentElement;

  // Leaving: the page goes away at once, and the button "back" does not bring it back.
  function leave(event) {
    if (event) { event.preventDefault(); }
    document.body.hidden = true;
    document.title = "";
    window.location.replace(navigator.onLine === false ? "about:blank" : bar.getAttribute("data-exit"));
  }
  if (bar) {
    bar.querySelector(".cc-exit").addEventListener("click", leave);
    var presses = 0, last = 0;
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Shift") { presses = 0; return; }
      if (event.repeat) { return; }
      var now = Date.now();
      presses = now - last < 1000 ? presses + 1 : 1;
      last = now;
      if (presses === 3) { leave(); }
    });
  }

  // Light, dark, or as the system: kept in this browser only, where the theme keeps it.
  var button = document.querySelector(".cc-theme"), modes = ["auto", "light", "dark"];
  function mode() { return root.dataset.mode || "auto"; }
  function system() { return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"; }
  function show() {
    root.dataset.theme = mode() === "auto" ? system() : mode();
    if (button) { button.querySelector("span").textContent = button.getAttribute("data-" + mode()); }
  }
  if (button) {
    button.addEventListener("click", function () {
      root.dataset.mode = modes[(modes.indexOf(mode()) + 1) % modes.length];
      try { localStorage.setItem("mode", root.dataset.mode); localStorage.setItem("theme", root.dataset.mode); } catch (e) { /* a private window */ }
      show();
    });
    show();
    // Only from here on is a change of colours said: on each page that opens it would be noise.
    button.querySelector("span").setAttribute("aria-live", "polite");
  }

  // The menu of a small window is a dialog of the theme: when it closes, the focus returns to the button that opened it.
  ["primary", "secondary"].forEach(function (side) {
    var dialog = document.getElementById("pst-" + side + "-sidebar-modal"), opener = document.querySelector("." + side + "-toggle");
    if (dialog && opener) {
      dialog.addEventListener("close", function () { setTimeout(function () { opener.focus(); }, 0); });
    }
  });

  // Some browsers stop the Tab key at whatever scrolls. The columns beside the text are full of links: a stop before them
  // has no name, and is silence for a screen reader.
  document.querySelectorAll(".bd-sidebar-primary, .bd-sidebar-secondary").forEach(function (column) { column.tabIndex = -1; });

  // Tables and code that are wider than the page can be reached and moved with the keyboard.
  function reach() {
    document.querySelectorAll(".cc-scroll, .pst-scrollable-table-container, div.highlight pre, .output pre, math[display=block]").forEach(function (box) {
      if (box.scrollWidth > box.clientWidth + 1 && !box.closest("[aria-hidden]")) { box.tabIndex = 0; } else { box.removeAttribute("tabindex"); }
    });
  }
  window.addEventListener("load", reach);
  window.addEventListener("resize", reach);
})();
