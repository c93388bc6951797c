// Markers: dropped at the moment the key was pressed, taken back for ten seconds, edited, deleted.
// One that finds no server is kept and sent again until it does.
(() => {
  const { say, session, isLive, now, askTime, call, refresh, note, complain, open } = window.roomtone;
  const AGAIN_MS = 2000, GIVE_UP_MS = 10 * 60 * 1000;
  const dialog = document.getElementById("marker-dialog");
  const field = document.getElementById("marker-words");

  const tell = (at) => new Date(at).toLocaleTimeString(window.roomtone.words.language, { hour12: false });
  const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

  let last = null; // what `u` takes back: the newest note that is still there

  const undo = () => {
    if (!last || !last.note.isThere()) return;
    last.note.gone();
    last.does();
    last = null;
  };

  const offerUndo = (text, does) => {
    const shown = note(text, { words: say("undo"), does });
    last = { note: shown, does };
  };

  const takeBack = async (of, path) => {
    const answer = await call("DELETE", path, { of });
    note(answer.ok || answer.status === 404 ? say("taken_back") : answer.detail);
    refresh();
  };

  const send = async (of, marker) => {
    const begun = Date.now();
    let waiting = null;
    for (;;) {
      const answer = await call("POST", "markers", { of, body: marker });
      if (waiting) waiting.gone();
      if (answer.ok || (answer.status && answer.status < 500 && answer.status !== 429)) return answer;
      if (Date.now() - begun > GIVE_UP_MS) return { ...answer, detail: say("given_up", { words: marker.label }) };
      waiting = note(say("waiting", { words: marker.label }));
      await pause(Math.max(AGAIN_MS, answer.wait * 1000));
    }
  };

  const drop = async (kind, words, at) => {
    const of = session();
    const answer = await send(of, { label: words, kind, at: new Date(at).toISOString() });
    if (!answer.ok) {
      note(answer.detail);
      return;
    }
    refresh();
    const text = say("marked", { time: tell(answer.told.at), words: answer.told.label });
    offerUndo(text, () => takeBack(of, `markers/${answer.told.marker_id}`));
  };

  let asked = null; // what the open dialog is about: a new marker's moment, or a marker to rename

  const ask = (about, title, does, words, hint) => {
    asked = about;
    document.getElementById("marker-dialog-title").textContent = title;
    document.getElementById("marker-drop").textContent = does;
    document.getElementById("marker-when").textContent = hint;
    field.value = words;
    open("marker");
    field.select();
  };

  const rename = async (about, words) => {
    const answer = await call("PATCH", `markers/${about.marker}`, { of: about.of, body: { label: words } });
    if (answer.ok) refresh();
    else note(answer.detail);
  };

  document.getElementById("marker-dialog-form").addEventListener("submit", (event) => {
    const words = field.value.trim();
    if (!words) {
      event.preventDefault();
      complain(dialog, say("no_words"));
      field.focus();
      return;
    }
    if (asked.marker) rename(asked, words);
    else drop("marker", words, asked.at);
  });

  const putBack = async (of, marker) => {
    const answer = await send(of, marker);
    note(answer.ok ? say("put_back") : answer.detail);
    refresh();
  };

  const shorten = (words) => (words.length > 80 ? `${words.slice(0, 79)}…` : words);

  const erase = async ({ marker, words, kind, at }) => {
    const of = session();
    const answer = await call("DELETE", `markers/${marker}`, { of });
    refresh();
    if (answer.ok) offerUndo(say("deleted", { words: shorten(words) }), () => putBack(of, { label: words, kind, at }));
    else note(answer.status === 404 ? say("deleted", { words: shorten(words) }) : answer.detail);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#mark-ask, #question-ask, [data-marker]");
    if (!button || button.dataset.does === "edit-note") return; // notes.js
    if (button.dataset.does === "delete") erase(button.dataset);
    else if (button.dataset.does === "edit") {
      const about = { marker: button.dataset.marker, of: session() };
      ask(about, say("new_words"), say("save"), button.dataset.words, "");
    } else if (!isLive()) note(say("not_live"));
    else if (button.id === "question-ask") drop("question", say("question"), now());
    else {
      const at = now();
      ask({ at }, say("mark_title"), say("mark"), "", say("at", { time: tell(at) }));
    }
  });

  askTime();
  Object.assign(window.roomtone, { undo, offerUndo, takeBack, tell });
})();
