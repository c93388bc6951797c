// What the scripts of the desk share: words, calls to the server, dialogs, notes that pass.
(() => {
  const words = window.roomtone.words;
  const plural = new Intl.PluralRules(words.language || "en");
  const NOTE_S = 10;

  const say = (name, given = {}) => {
    const found = words[name];
    const form = found && found.other ? found[plural.select(given.n)] || found.other : found;
    return String(form || name).replace(/\{(\w+)\}/g, (_, key) => String(given[key]));
  };

  const session = () => (location.pathname.match(/^\/dashboard\/session\/([\w-]+)/) || [])[1];

  const isLive = () => Boolean(document.querySelector("#live.live-page:not(.is-ended):not(.is-gone)"));

  // The server's clock. Its Date header is cut to whole seconds and up to one second old, so each
  // answer says between which bounds it is ahead of ours; ours is right unless they say otherwise,
  // and then rather too early than in the future.
  let least = -Infinity, most = Infinity;
  const learnTime = (answer, asked) => {
    const told = Date.parse(answer.headers.get("date") || "");
    if (Number.isNaN(told)) return;
    const [from, to] = [told - Date.now(), told + 2000 - asked];
    [least, most] = from > most || to < least ? [from, to] : [Math.max(least, from), Math.min(most, to)];
  };
  const now = () => Date.now() + (least <= 0 && most >= 0 ? 0 : least);
  const askTime = () => {
    const asked = Date.now();
    return fetch("/dashboard/assets/icon.svg", { method: "HEAD", cache: "no-store" }).then((answer) => learnTime(answer, asked), () => {});
  };

  const explain = async (answer) => {
    if (answer.status === 401) return say("signed_out");
    const text = await answer.text();
    if (text && (answer.headers.get("content-type") || "").startsWith("text/plain")) return text; // the gate's
    try {
      return JSON.parse(text).detail || text;
    } catch {
      return say("no_reason", { status: answer.status });
    }
  };

  // Ask the server as the teacher, of a session or at an address of its own (`/dashboard/…`). Never
  // throws: without an answer `status` is 0.
  const call = async (method, path, { body, headers = {}, of = session() } = {}) => {
    const isJson = body !== undefined && !(body instanceof Blob);
    const asked = Date.now();
    const sent = { "Roomtone-Page": "1", ...(isJson ? { "Content-Type": "application/json" } : {}), ...headers };
    try {
      const answer = await fetch(path.startsWith("/") ? path : `/dashboard/session/${of}/${path}`, {
        method, headers: sent, body: isJson ? JSON.stringify(body) : body,
      });
      learnTime(answer, asked);
      const wait = Number(answer.headers.get("retry-after")) || 0;
      if (!answer.ok) return { ok: false, status: answer.status, wait, detail: await explain(answer) };
      const text = await answer.text();
      return { ok: true, status: answer.status, wait, told: text ? JSON.parse(text) : null };
    } catch {
      return { ok: false, status: 0, wait: 0, detail: say("not_done") };
    }
  };

  // The page asks for what is new at once, instead of when its clock comes round.
  const refresh = () => {
    const set = window.dash_clientside && window.dash_clientside.set_props;
    if (set && document.getElementById("live")) set("tick", { n_intervals: Date.now() % 1e9 });
  };

  // A note that passes. `act` is one thing that can still be done about it.
  const note = (text, act) => {
    const shelf = document.getElementById("toasts");
    const line = document.createElement("div");
    line.className = "toast";
    const told = document.createElement("p");
    told.setAttribute("role", "status");
    line.append(told);
    const gone = () => {
      clearTimeout(timer);
      if (line.contains(document.activeElement)) document.getElementById("page").focus({ preventScroll: true });
      line.remove();
    };
    if (act) {
      const button = document.createElement("button");
      button.className = "button";
      button.textContent = act.words;
      button.addEventListener("click", () => { gone(); act.does(); });
      line.append(button);
    }
    shelf.append(line);
    while (shelf.children.length > 3) shelf.firstElementChild.remove();
    const timer = setTimeout(gone, NOTE_S * 1000);
    requestAnimationFrame(() => { told.textContent = text; }); // a status is read out when it changes
    return { gone, isThere: () => line.isConnected };
  };

  const complain = (dialog, text) => {
    const line = document.getElementById(`${dialog.id}-problem`);
    line.hidden = !text;
    line.textContent = text || "";
  };

  // `told`: what the button that opens it says in its data attributes
  const open = (name, told = {}) => {
    const dialog = document.getElementById(`${name}-dialog`);
    if (dialog.open) return dialog;
    complain(dialog, "");
    dialog.dispatchEvent(new CustomEvent("opens", { detail: { ...told } }));
    dialog.showModal();
    return dialog;
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) open(opener.dataset.opens.replace("-dialog", ""), opener.dataset);
    if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();
    const language = event.target.closest("[data-language]");
    if (language) {
      document.cookie = `roomtone_language=${language.dataset.language}; path=/dashboard; max-age=31536000; SameSite=Strict`;
      location.reload();
    }
    if (event.target.closest("#full-screen")) document.documentElement.requestFullscreen().catch(() => {});
  });

  Object.assign(window.roomtone, { say, session, isLive, now, askTime, call, refresh, note, complain, open });
})();
