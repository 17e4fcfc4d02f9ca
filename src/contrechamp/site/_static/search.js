/* From a folder, a page may not read other pages: results are then titles without their first lines. */
if (window.location.protocol === "file:" && window.DOCUMENTATION_OPTIONS) {
  window.DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}
