/* Says whether the chosen option of a question is right, and why. Reads the answers from the page itself, keeps nothing,
   sends nothing. Without this script the answers stand in the closed element under each question. */
(function (place) {
  "use strict";

  /* question: {options: [{key, verdict, message}], empty, again}; chosen: a key, or null for none. */
  function judge(question, chosen) {
    const option = question.options.find((one) => one.key === chosen);
    if (!option) {
      return { verdict: "empty", message: question.empty };
    }
    const more = option.verdict === "right" ? "" : " " + question.again;
    return { verdict: option.verdict, message: option.message + more };
  }

  function read(box) {
    const answers = Array.from(box.querySelectorAll("li[data-key]"));
    return {
      empty: box.dataset.empty,
      again: box.dataset.again,
      options: answers.map((item) => ({
        key: item.dataset.key, verdict: item.dataset.verdict, message: item.innerHTML,
      })),
    };
  }

  function prepare(box) {
    const question = read(box);
    const button = box.querySelector("button");
    const said = box.querySelector(".cc-verdict");
    const choices = Array.from(box.querySelectorAll("input"));
    choices.forEach((input) => { input.checked = false; }); // some browsers fill in what the last reader chose
    button.hidden = false;
    button.addEventListener("click", () => {
      const chosen = choices.find((input) => input.checked);
      const found = judge(question, chosen ? chosen.value : null);
      said.textContent = ""; // the same words twice are announced twice
      said.dataset.verdict = found.verdict;
      // As one paragraph in one step: Orca says each element that comes into the place, and finds only such text again.
      place.setTimeout(() => {
        const sentence = place.document.createElement("p");
        sentence.innerHTML = found.message;
        said.replaceChildren(sentence);
      }, 150);
    });
  }

  if (typeof module === "object" && module.exports) {
    module.exports = { judge };
  } else {
    place.document.querySelectorAll(".cc-question").forEach(prepare);
  }
})(typeof window === "object" ? window : this);
