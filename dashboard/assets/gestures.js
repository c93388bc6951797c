// Two gestures Dash has no component for: copying the join link where the page is not https, and
// telling whether the table is open, so that it is filled only then.
(() => {
  const copy = async (text) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    return undefined;
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const words = button.textContent;
    if (words === window.roomtone.words.copied) return;
    try {
      await copy(button.dataset.copy);
      button.textContent = window.roomtone.words.copied;
    } catch {
      button.textContent = window.roomtone.words.not_copied;
    }
    setTimeout(() => { button.textContent = words; }, 1600);
    button.focus();
  });

  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.id === "twin-details") {
        window.dash_clientside.set_props("twin-open", { data: event.target.open });
      }
    },
    true,
  );
})();
