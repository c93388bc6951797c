// Notes: what the teacher wants to remember of a moment, during the lesson and after it. Words are
// never lost: the dialog closes only once the server has them.
(() => {
  const { say, session, isLive, now, call, refresh, complain, open, offerUndo, takeBack, tell, note } = window.roomtone;
  const TELL_LEFT = 200, DAY_MS = 24 * 3600 * 1000;
  const dialog = document.getElementById("note-dialog");
  const form = document.getElementById("note-dialog-form");
  const words = document.getElementById("note-words");
  const time = document.getElementById("note-time");
  const when = document.getElementById("note-when");
  const left = document.getElementById("note-left");

  let about = null; // {of, at, marker?}: the session, the moment, and the note that is changed
  let busy = false;

  const clock = (at) => new Date(at).toTimeString().slice(0, 8);

  // The moment that a time of day means: within the lesson, else nearest to where it stood.
  const readTime = () => {
    const [hours, minutes, seconds = 0] = time.value.split(":").map(Number);
    if (!time.value || Number.isNaN(minutes)) return null;
    if (time.value === clock(about.at) || `${time.value}:00` === clock(about.at)) return about.at;
    const day = new Date(about.at);
    day.setHours(hours, minutes, seconds, 0);
    const may = [0, -DAY_MS, DAY_MS].map((days) => day.getTime() + days);
    const figures = window.roomtone.moment.figures();
    return may.find((at) => figures && at >= figures.begun - 1000 && at <= figures.over + 1000) || may[0];
  };

  const isOutside = (at) => {
    const figures = window.roomtone.moment.figures();
    return figures && (at < figures.begun - 1000 || at > figures.over + 1000);
  };

  const tellThen = () => {
    const at = readTime();
    when.textContent = at === null || isOutside(at) ? "" : window.roomtone.moment.describe(at).slice(1).join(" · ");
  };

  const tellLeft = () => {
    const n = words.maxLength - words.value.length;
    left.textContent = n < TELL_LEFT ? say("note_left", { n }) : "";
  };

  const ask = (told, title, text) => {
    about = told;
    document.getElementById("note-dialog-title").textContent = title;
    open("note");
    words.value = text;
    time.value = clock(told.at);
    tellThen();
    tellLeft();
    words.focus();
  };

  const askNew = () => {
    const figures = window.roomtone.moment.figures();
    if (!figures && !isLive()) return;
    const at = figures ? window.roomtone.moment.chosen() ?? figures.begun : now();
    ask({ of: session(), at }, say("note_title"), "");
  };

  const add = async (of, label, at) =>
    call("POST", "markers", { of, body: { label, kind: "note", at: new Date(at).toISOString() } });

  // Its words are changed; at another moment it is another note, and the old one goes.
  const change = async ({ of, marker, at }, label, then) => {
    if (Math.abs(then - at) < 1000) return call("PATCH", `markers/${marker}`, { of, body: { label } });
    const answer = await add(of, label, then);
    return answer.ok ? { ...(await call("DELETE", `markers/${marker}`, { of })), told: answer.told } : answer;
  };

  const keep = async (label, then) => {
    const isNew = !about.marker;
    const { of } = about;
    const answer = isNew ? await add(of, label, then) : await change(about, label, then);
    if (!answer.ok) return complain(dialog, answer.detail);
    dialog.close();
    refresh();
    window.roomtone.moment.figures() && window.roomtone.moment.choose(then);
    const text = say("note_saved", { time: tell(then) });
    if (!isNew) return note(text);
    return offerUndo(text, () => takeBack(of, `markers/${answer.told.marker_id}`));
  };

  const refuse = (why, field) => {
    complain(dialog, why);
    field.focus();
  };

  const submit = async () => {
    const label = words.value.trim(), then = readTime();
    const figures = window.roomtone.moment.figures();
    if (!label) return refuse(say("note_no_words"), words);
    if (then === null) return refuse(say("note_no_time"), time);
    if (isOutside(then)) return refuse(say("note_outside", { start: tell(figures.begun), end: tell(figures.over) }), time);
    if (busy) return undefined;
    busy = true;
    await keep(label, then);
    busy = false;
    return undefined;
  };

  form.noValidate = true; // what is missing is said in the dialog, in the page's language
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  words.addEventListener("input", tellLeft);
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); submit(); }
  });
  time.addEventListener("input", tellThen);

  document.addEventListener("click", (event) => {
    if (event.target.closest("#note-ask, #note-tool, #moment-note")) askNew();
    const button = event.target.closest("[data-does=edit-note]");
    if (!button) return;
    const { marker, at } = button.dataset;
    ask({ of: session(), at: Date.parse(at), marker }, say("note_change"), button.dataset.words);
  });
})();
