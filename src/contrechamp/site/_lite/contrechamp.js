// The light track's few lines of its own: links to pages of the course, and a word for browsers that cannot run Python.
// A link "#site:lessons/11" opens the page of that name beside this folder; JupyterLite knows nothing of such pages.
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
  if (typeof WebAssembly !== "object") {
    var old = document.getElementById("contrechamp-old");
    if (old) old.hidden = false;
  }
})();
