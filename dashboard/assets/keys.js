// Single keys of the live page and the join screen. They never fire while something is typed, while
// a dialog is open, or when they are switched off (WCAG 2.1.4).
(() => {
  const { open } = window.roomtone;
  const OFF = "roomtone-keys-off";

  const kept = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const keep = (name, value) => {
    try {
      localStorage.setItem(name, value);
    } catch {
      // storage is switched off: it lasts as long as the page
    }
  };

  const press = (id) => {
    const button = document.getElementById(id);
    if (button && button.offsetParent !== null) button.click();
  };

  // The next choice of a switch drawn as radio buttons
  const turn = (id) => {
    const choices = [...document.querySelectorAll(`#${id} input[type=radio]`)];
    const next = choices[(choices.findIndex((c) => c.checked) + 1) % choices.length];
    if (next && next.offsetParent !== null) next.click();
  };

  const doing = {
    m: () => press("mark-ask"),
    q: () => press("question-ask"),
    N: () => press("note-ask"),
    n: () => window.roomtone.beginNext && window.roomtone.isLive() && window.roomtone.beginNext(),
    u: () => window.roomtone.undo && window.roomtone.undo(),
    v: () => turn("view-kind"),
    w: () => turn("view-span"),
    j: () => press("join-screen"),
    "?": () => document.getElementById("live") && open("keys"),
  };

  const isTyping = (target) =>
    target.isContentEditable || Boolean(target.closest("textarea, select, input:not([type=radio], [type=checkbox], [type=button])"));

  const isAsked = () =>
    Boolean(document.querySelector("dialog[open], .mantine-Modal-content"));

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.key === "Escape" && document.getElementById("join-screen-page") && !document.fullscreenElement) {
      press("join-screen-back");
      return;
    }
    if (isTyping(target) || isAsked() || kept(OFF) === "yes") return;
    const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const does = (event.shiftKey && doing[letter.toUpperCase()]) || doing[letter];
    if (!does) return;
    event.preventDefault();
    does();
  });

  const dialog = document.getElementById("keys-dialog");
  const keysOn = document.getElementById("keys-on");
  const least = document.getElementById("alert-least");

  dialog.addEventListener("opens", () => {
    keysOn.checked = kept(OFF) !== "yes";
    least.value = Number(kept("alert-points")) || least.defaultValue;
  });
  keysOn.addEventListener("change", () => keep(OFF, keysOn.checked ? "no" : "yes"));
  least.addEventListener("change", () => {
    if (!least.reportValidity()) return;
    const set = window.dash_clientside && window.dash_clientside.set_props;
    if (set && document.getElementById("live")) set("alert-points", { data: Number(least.value) });
  });
  document.getElementById("keys-dialog-form").addEventListener("submit", (event) => {
    if (!least.reportValidity()) event.preventDefault();
  });
})();
