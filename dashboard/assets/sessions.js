// The list of sessions: its rows are no components of Dash (`plain.js`), and stay when their numbers
// change.
(() => {
  const fillRows = (numbers) => {
    Object.entries(numbers || {}).forEach(([session, told]) => {
      const row = document.querySelector(`[data-numbers="${session}"]`);
      if (row) window.roomtone.fill(row, told);
    });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-erase]");
    if (button) window.dash_clientside.set_props("erase-ask", { data: { session: button.dataset.erase, at: Date.now() } });
  });

  window.dash_clientside.roomtone = { ...window.dash_clientside.roomtone, fillRows };
})();
