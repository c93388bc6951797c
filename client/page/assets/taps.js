// The four answers by tap, and by the keys 1 to 4 for as long as that is wished.

const group = document.getElementById("answers");
const keys = document.getElementById("keys");

/** Call `tap` with an answer whenever one is given. */
export function listenForAnswers(tap) {
  group.addEventListener("click", (event) => {
    const answer = event.target.closest("[data-answer]")?.dataset.answer;
    if (answer) tap(answer);
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("select, input:not([type=checkbox]), textarea");
    const chord = event.ctrlKey || event.altKey || event.metaKey;
    if (!keys.checked || typing || chord || event.repeat || group.hidden) return;
    const button = group.querySelectorAll("[data-answer]")["1234".indexOf(event.key)];
    if (button) tap(button.dataset.answer);
  });
}
