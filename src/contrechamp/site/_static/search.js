/* From a folder, a page may not read other pages: results are then titles without their first lines. */
if (window.location.protocol === "file:" && window.DOCUMENTATION_OPTIONS) {
  window.DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

/* A result quotes what a page shows before anything is opened: no answer of a quiz, no cell of a solution. Each page
   names its twin in the other language in its head: so a page of a solution is known, whatever its language. */
if (typeof Search === "object") {
  const quoted = Search.htmlToText;
  Search.htmlToText = (source, anchor) => {
    const page = new DOMParser().parseFromString(source, "text/html");
    const solved = page.querySelector('link[rel="alternate"][href*="/solutions/"]');
    const closed = "details:not([open])" + (solved ? ', [role="main"] .cell' : "");
    page.querySelectorAll(closed).forEach((part) => part.remove());
    return quoted(page.documentElement.outerHTML, anchor);
  };
}
