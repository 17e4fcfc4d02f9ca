// The light track's few lines of its own: links to pages of the course, and a word for browsers that cannot run Python.
// A link "#site:lessons/11" opens the page of that name beside this folder; JupyterLite knows nothing of such pages.
// JupyterLite gives its pages one title, its cells of code no name, and its picture neither a name nor a place to lead to.
(function () {
  "use strict";
  var lang = document.documentElement.lang || "en";
  var site = new URL("../../" + lang + "/", document.baseURI);
  document.addEventListener(
    "click",
    function (event) {
      var link = event.target.closest && event.target.closest('a[href*="#site:"]');
      if (!link) return;
      event.preventDefault();
      event.stopPropagation();
      var name = link.getAttribute("href").split("#site:")[1];
      if (/^[a-z0-9_\/]+$/.test(name)) window.open(new URL(name + ".html", site), "_blank", "noopener");
    },
    true
  );
  var back = document.querySelector("#contrechamp-old a"), cell = document.currentScript.getAttribute("data-cell");
  function name() {
    var logo = document.getElementById("jp-NotebookLogo"), head = document.querySelector(".jp-RenderedMarkdown h1");
    if (logo && back && logo.href !== back.href) {
      logo.href = back.href;
      logo.setAttribute("aria-label", back.textContent);
    }
    if (head) document.title = head.textContent.replace(/\s*¶\s*$/, "") + " — Contrechamp";
    document.querySelectorAll(".jp-CodeCell").forEach(function (box, place) {
      var editor = box.querySelector(".cm-content"), said = cell.replace("{number}", place + 1);
      if (editor && editor.getAttribute("aria-label") !== said) editor.setAttribute("aria-label", said);
    });
  }
  window.setInterval(name, 700); // what is drawn anew loses what it was given
  if (typeof WebAssembly !== "object") {
    var old = document.getElementById("contrechamp-old");
    if (old) old.hidden = false;
  }
})();
