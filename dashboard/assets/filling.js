// Pages that scripts fill: Dash puts an empty place there, and its template goes into it. So what
// runs on such a page can outlive it, and no callback draws it anew under the teacher's hands.
(() => {
  const { say } = window.roomtone;
  const pages = {}; // name -> fill(place, of), which may return what is done on leaving
  let filled = null;

  const leave = () => {
    const old = filled;
    filled = null;
    if (old && old.leave) old.leave();
  };

  const look = () => {
    const place = document.querySelector("[data-filled]");
    if (filled && (filled.place !== place || filled.of !== place.dataset.of)) leave();
    if (!place || filled || !pages[place.dataset.filled]) return;
    const { filled: name, of } = place.dataset;
    place.replaceChildren(document.getElementById(`${name}-template`).content.cloneNode(true));
    filled = { place, of };
    filled.leave = pages[name](place, of);
  };

  new MutationObserver(look).observe(document, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-of", "data-filled"],
  });

  // Make an element: `make("p", { className: "x", "data-a": 1 }, "text", child)`.
  const make = (tag, given = {}, ...children) => {
    const made = document.createElement(tag);
    Object.entries(given).forEach(([name, value]) => {
      if (name.includes("-") || name === "role" || name === "scope") made.setAttribute(name, value);
      else made[name] = value;
    });
    made.append(...children);
    return made;
  };

  // Write only what is new: whoever listens to the page is not told the same twice.
  const write = (node, text) => { if (node.textContent !== text) node.textContent = text; };

  // To another page of the dashboard, without the browser leaving this one.
  const goTo = (path) => window.dash_clientside.set_props("url", { pathname: path });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-goes]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goTo(link.getAttribute("href"));
  });

  // A place where a file is chosen or dropped.
  const receive = (area, does) => {
    const field = area.querySelector("input[type=file]");
    field.addEventListener("change", () => { if (field.files[0]) does(field.files[0]); field.value = ""; });
    area.addEventListener("dragover", (event) => { event.preventDefault(); area.classList.add("over"); });
    area.addEventListener("dragleave", () => area.classList.remove("over"));
    area.addEventListener("drop", (event) => {
      event.preventDefault();
      area.classList.remove("over");
      if (event.dataTransfer.files[0]) does(event.dataTransfer.files[0]);
    });
  };

  // A file that misses its place would be opened instead of the page, and what runs here be lost.
  ["dragover", "drop"].forEach((kind) => document.addEventListener(kind, (event) => { if (filled) event.preventDefault(); }));

  const tellLength = (seconds) => {
    const whole = Math.floor(seconds), parts = [Math.floor(whole / 60) % 60, whole % 60].map((n) => String(n).padStart(2, "0"));
    return whole >= 3600 ? `${Math.floor(whole / 3600)}:${parts.join(":")}` : `${Number(parts[0])}:${parts[1]}`;
  };

  const tellLeft = (seconds) => {
    if (seconds === null || !Number.isFinite(seconds)) return "";
    if (seconds < 60) return say("left_seconds", { n: Math.max(1, Math.round(seconds)) });
    if (seconds < 3600) return say("left_minutes", { n: Math.round(seconds / 60) });
    return say("left_hours", { hours: Math.floor(seconds / 3600), minutes: Math.round((seconds % 3600) / 60) });
  };

  Object.assign(window.roomtone, { pages, make, write, goTo, receive, tellLength, tellLeft });
})();
