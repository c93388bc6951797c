// Keeps a reader's place. Dash draws a piece of the page anew by taking the old one out, and with
// it would go the focus.
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

  new MutationObserver(refocus).observe(document, { childList: true, subtree: true });
})();
