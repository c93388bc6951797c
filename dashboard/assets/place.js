// Keeps a reader's place. Dash draws a piece of the page anew by taking the old one out, and with
// it would go the focus, and how far the table was read.
(() => {
  let focused = null;

  document.addEventListener("focusin", (event) => { focused = event.target; });
  document.addEventListener("pointerdown", () => { focused = null; });

  const refocus = () => {
    if (!focused || focused.isConnected || document.activeElement !== document.body) return;
    const again = focused.id && document.getElementById(focused.id);
    if (again) again.focus({ preventScroll: true });
    else setTimeout(beginAgain, 50);
  };

  // What had the focus is gone for good, with its row or its page.
  const beginAgain = () => {
    if (focused && focused.isConnected) return;
    if (document.activeElement === document.body) document.getElementById("page").focus({ preventScroll: true });
  };

  // The row of the table at the upper edge, and how far from it; null while the newest is shown.
  let reading = null;

  const remember = (table) => {
    const row = [...table.querySelectorAll("tbody tr")].find((r) => r.offsetTop >= table.scrollTop);
    reading = row && table.scrollTop > 0 ? { at: row.dataset.at, below: row.offsetTop - table.scrollTop } : null;
  };

  const readOn = (changes) => {
    const table = reading && document.getElementById("twin");
    if (!table || !changes.some((change) => table.contains(change.target))) return;
    const row = table.querySelector(`[data-at="${reading.at}"]`);
    if (row) table.scrollTop = row.offsetTop - reading.below;
  };

  document.addEventListener("scroll", (event) => { if (event.target.id === "twin") remember(event.target); }, true);

  new MutationObserver((changes) => { refocus(); readOn(changes); }).observe(document, { childList: true, subtree: true });
})();
