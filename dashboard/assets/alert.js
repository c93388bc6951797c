// Keeps a quiet alert away once it was seen, until something else changes. A change that was seen is
// forgotten when it has not been told for two minutes.
(() => {
  const FORGET_MS = 120_000;
  const seen = new Map();

  const namesOf = (box) => box.dataset.changes.split(" ");

  const judge = () => {
    const box = document.querySelector("#alert .alert");
    if (!box) return;
    const now = Date.now();
    for (const [name, at] of seen) if (now - at > FORGET_MS) seen.delete(name);
    const names = namesOf(box);
    const quiet = names.every((name) => seen.has(name));
    for (const name of names) if (seen.has(name)) seen.set(name, now);
    if (box.hidden !== quiet) box.hidden = quiet;
  };

  document.addEventListener("click", (event) => {
    if (event.target.id !== "alert-seen") return;
    const box = event.target.closest(".alert");
    for (const name of namesOf(box)) seen.set(name, Date.now());
    judge();
    document.getElementById("page").focus({ preventScroll: true });
  });

  let watched = null;
  new MutationObserver((changes) => {
    const place = document.getElementById("alert");
    if (place !== watched) {
      watched = place;
      seen.clear(); // another lesson
    }
    if (place && changes.some(({ target }) => place === target || place.contains(target) || target.contains(place))) judge();
  }).observe(document, { childList: true, subtree: true });
  setInterval(judge, 10_000);
})();
