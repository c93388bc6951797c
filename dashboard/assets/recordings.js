// The page of recordings: the form that starts an upload, and the list of what is under way or done.
(() => {
  const { say, call, note, write, receive, pages, memory, words, RecordingRow } = window.roomtone;
  const KINDS = new Set(["mp4", "mov", "webm", "avi", "mkv", "flv", "gif"]);
  const MOST_BYTES = 2 * 1024 ** 3;
  const FAST_MS = 1000, SLOW_MS = 6000, STAY_MS = 60_000;

  // Frames are held while somebody looks; a page that waits for them says that it is still here.
  let stayedAt = 0;
  const stay = () => {
    if (performance.now() - stayedAt < STAY_MS) return;
    stayedAt = performance.now();
    memory.visits().forEach(async ([id, key]) => {
      const answer = await call("GET", `/dashboard/videos/${id}/frames?first=999999999`, { headers: { "Video-Key": key } });
      if ([404, 410].includes(answer.status)) memory.dropKey(id);
    });
  };
  const makeKey = () => [...crypto.getRandomValues(new Uint8Array(18))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  const refuse = (file) => {
    if (!KINDS.has(file.name.split(".").pop().toLowerCase())) return say("video_unknown");
    if (!file.size) return say("video_empty");
    if (file.size > MOST_BYTES) return say("video_too_large", { size: (file.size / 1e9).toLocaleString(words.language, { maximumFractionDigits: 1 }) });
    return "";
  };

  pages.recordings = (root) => {
    const { Upload, uploads } = window.roomtone;
    const part = (name) => root.querySelector(`#recording-${name}`);
    const form = part("form"), list = part("list"), told = part("said");
    const rows = new Map();
    let file = null, half = null, timer = 0, gone = false, sending = false;

    const complain = (text) => { part("problem").hidden = !text; write(part("problem"), text || ""); };

    // Sparingly: each quarter of an upload, and each new state.
    const heard = new Map();
    const announce = (row) => {
      const { video } = row, share = row.share();
      const step = `${video.state} ${row.upload ? row.upload.state : ""} ${share === null ? "" : Math.floor(share * 4)}`;
      const before = heard.get(video.video_id);
      heard.set(video.video_id, step);
      if (before !== undefined && before !== step) write(told, say("told_of_recording", { title: video.title, what: row.say() }));
    };

    const draw = (row, video) => {
      row.update(video, uploads.sending.get(video.video_id) || row.own);
      announce(row);
    };

    const changed = (upload) => {
      const row = rows.get(upload.video.video_id);
      if (row && !gone) { row.own = upload; draw(row, upload.state === "sending" || upload.state === "sent" ? upload.video : row.video); }
      if (upload.state === "sent") look();
    };

    const acts = {
      keyOf: memory.keyOf,
      pause: ({ upload }) => upload.pause(),
      resume: ({ upload }) => upload.resume(),
      again: ({ stopped }) => stopped.resume(),
      cancel: async ({ video, upload }) => {
        if (!window.confirm(say("ask_cancel", { title: video.title }))) return;
        if (upload) upload.stop();
        await act("POST", `${video.video_id}/cancel`);
        memory.forget(video.video_id);
      },
      remove: async ({ video }) => {
        if (await act("DELETE", video.video_id)) { memory.forget(video.video_id); memory.dropKey(video.video_id); }
        part("title-of-list").focus();
      },
    };
    const act = async (method, path) => {
      const answer = await call(method, `/dashboard/videos/${path}`);
      if (!answer.ok && answer.status !== 404) note(answer.detail);
      await look();
      return answer.ok || answer.status === 404;
    };

    const show = (videos) => {
      const there = new Set(videos.map((video) => video.video_id));
      rows.forEach((row, id) => { if (!there.has(id)) { row.box.remove(); rows.delete(id); } });
      videos.forEach((video, at) => {
        const row = rows.get(video.video_id) || new RecordingRow(video, acts);
        rows.set(video.video_id, row);
        const upload = uploads.sending.get(video.video_id);
        if (upload) upload.changed = changed;
        draw(row, video);
        if (list.children[at] !== row.box) list.insertBefore(row.box, list.children[at] || null);
        if (["done", "failed", "cancelled"].includes(video.state)) memory.forget(video.video_id);
      });
      part("none").hidden = videos.length > 0;
    };

    const look = async () => {
      clearTimeout(timer);
      const answer = await call("GET", "/dashboard/videos");
      if (gone) return;
      clearTimeout(timer);
      if (answer.ok) show(answer.told);
      stay();
      part("away").hidden = answer.ok;
      if (!answer.ok) write(part("away"), answer.detail);
      const busy = answer.ok && answer.told.some((video) => ["uploading", "waiting", "analyzing"].includes(video.state));
      timer = setTimeout(look, busy && !document.hidden ? FAST_MS : SLOW_MS);
    };

    const send = async (chosen, wish) => {
      const body = { ...wish, size_bytes: chosen.size };
      let answer = await call("POST", "/dashboard/videos", { body });
      if (!answer.status) answer = await call("POST", "/dashboard/videos", { body }); // by its key the same
      if (!answer.ok) return complain(answer.detail);
      memory.learn(chosen, { video: answer.told.video_id, view: answer.told.view_key });
      return go(chosen, answer.told, answer.told.view_key);
    };

    const go = async (chosen, video, key) => {
      memory.keepKey(video.video_id, key);
      await look();
      if (video.state === "uploading") uploads.start(new Upload(chosen, video, changed));
      reset();
      part("title-of-list").focus();
    };

    const letGo = () => {
      file = half = null;
      part("fields").hidden = false;
      part("half").hidden = true;
      write(part("chosen"), say("no_file"));
      complain("");
    };
    const reset = () => { form.reset(); letGo(); };

    const choose = async (chosen) => {
      letGo();
      const refusal = refuse(chosen);
      if (refusal) return complain(refusal);
      file = chosen;
      write(part("chosen"), say("file_chosen", { name: chosen.name, n: window.roomtone.tellBytes(chosen.size) }));
      const before = memory.uploadOf(chosen);
      const answer = before && (await call("GET", `/dashboard/videos/${before.video}`));
      if (!answer || !answer.ok || answer.told.state !== "uploading" || file !== chosen) return part("title").focus();
      half = { ...before, told: answer.told };
      const { title, received_bytes: got, size_bytes: size } = answer.told;
      write(part("half-words"), say("half_there", { title, done: window.roomtone.tellBytes(got), all: window.roomtone.tellBytes(size) }));
      part("half").hidden = false;
      part("fields").hidden = true;
      return part("go-on").focus();
    };

    const wishOf = () => {
      const field = Object.fromEntries(new FormData(form));
      const at = field.started ? new Date(field.started) : null;
      return {
        title: field.title.trim(), course: field.course.trim() || null, upload_key: makeKey(),
        started_at: at ? at.toISOString() : null, expected_students: field.students ? Number(field.students) : null,
        frames_per_second: Number(field.rate), show_frames: part("show").checked,
      };
    };

    const busyWith = async (does) => {
      if (sending) return;
      sending = true;
      complain("");
      try { await does(); } finally { sending = false; }
    };

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!file) return complain(say("choose_first"));
      if (!part("title").value.trim()) { part("title").focus(); return complain(say("title_first")); }
      for (const name of ["students", "started"]) {
        const field = part(name);
        if (!field.validity.valid) { field.focus(); return complain(say(`${name}_wrong`)); }
      }
      return busyWith(() => send(file, wishOf()));
    });
    part("go-on").addEventListener("click", () => busyWith(() => go(file, half.told, half.view)));
    part("anew").addEventListener("click", () => busyWith(async () => {
      await act("POST", `${half.video}/cancel`);
      memory.forget(half.video);
      half = null;
      part("half").hidden = true;
      part("fields").hidden = false;
      part("title").focus();
    }));
    receive(part("drop"), choose);
    document.addEventListener("visibilitychange", look);
    reset();
    look();

    return () => {
      gone = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", look);
    };
  };
})();
