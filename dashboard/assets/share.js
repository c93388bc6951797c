// Sharing the meeting window: every second or two the newest picture of it goes to the server, one
// at a time. What comes back is how many faces were counted, and nothing else.
(() => {
  const { say, session, call, note } = window.roomtone;
  const WIDEST = 1920, QUALITY = 0.8, SMALLEST = 640;
  const LONGEST_REST_S = 30;
  const part = (name) => document.getElementById(`share-${name}`);
  const preview = part("preview");
  const canvas = document.createElement("canvas");

  let shared = null; // {of, stream, clock, ...} while a window is shared

  const lamp = (kind, words) => {
    part("lamp").dataset.kind = kind;
    if (part("lamp").textContent !== words) part("lamp").textContent = words;
  };

  // Rises across reloads and tabs because time does. Where the server knows a higher number
  // (another computer's clock), it goes ahead until it is past that.
  const nextSeq = (share) => {
    share.seq = Math.max(share.seq + 1, Date.now() + share.ahead);
    return share.seq;
  };

  const takePicture = (share) => {
    const width = Math.min(share.widest, preview.videoWidth);
    canvas.width = width;
    canvas.height = Math.round((width * preview.videoHeight) / preview.videoWidth);
    canvas.getContext("2d", { alpha: false }).drawImage(preview, 0, 0, canvas.width, canvas.height);
    return new Promise((done) => { canvas.toBlob(done, "image/jpeg", QUALITY); });
  };

  const rest = (share, name, answer) => {
    share.rests = Math.min(share.rests * 2 || 1, LONGEST_REST_S);
    const seconds = Math.max(answer.wait, share.rests);
    share.restsUntil = performance.now() + seconds * 1000;
    lamp("waits", say(name, { seconds }));
  };

  const judge = (share, answer) => {
    if (answer.ok) {
      const again = answer.told.outcome === "duplicate";
      share.duplicates = again ? share.duplicates + 1 : 0;
      if (share.duplicates > 2) share.ahead = Math.max(60_000, share.ahead * 2); // not just another tab
      share.rests = 0;
      lamp("sends", say("share_sending"));
      if (!again) part("faces").textContent = say("share_faces", { n: answer.told.faces });
    } else if (answer.status === 413 && share.widest > SMALLEST) {
      share.widest = Math.round(share.widest / 1.4);
      lamp("waits", say("share_smaller"));
    } else if (answer.status === 409) stop(say("share_ended"));
    else if ([401, 403, 404].includes(answer.status)) stop(answer.detail);
    else if (answer.status === 429 || answer.status === 503) rest(share, "share_busy", answer);
    else if (answer.status === 0 || answer.status >= 500) rest(share, "share_away", answer);
    else {
      rest(share, "share_busy", answer);
      lamp("waits", answer.detail);
    }
  };

  const beat = async () => {
    const share = shared;
    if (!share || share.sending || performance.now() < share.restsUntil) return;
    if (share.track.muted || !preview.videoWidth) {
      lamp("waits", say(preview.videoWidth ? "share_no_picture" : "share_starting"));
      return;
    }
    share.sending = true;
    try {
      const body = await takePicture(share);
      if (!body || shared !== share) return;
      const headers = { "Content-Type": "image/jpeg", "Frame-Seq": String(nextSeq(share)) };
      const answer = await call("POST", "frames", { of: share.of, body, headers });
      if (shared === share) judge(share, answer);
    } finally {
      share.sending = false;
    }
  };

  const askLeave = (event) => event.preventDefault();

  function stop(words) {
    if (!shared) return;
    const { stream, clock } = shared;
    const hadFocus = part("panel").contains(document.activeElement);
    shared = null;
    clock.terminate();
    stream.getTracks().forEach((track) => track.stop());
    preview.srcObject = null;
    part("panel").hidden = true;
    window.removeEventListener("beforeunload", askLeave);
    note(words);
    if (hadFocus) (document.getElementById("share-ask") || document.getElementById("page")).focus();
  }

  const start = async (of, every) => {
    let stream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 5 } }, audio: false });
    } catch (error) {
      note(error.name === "NotAllowedError" ? say("share_refused") : say("share_failed", { why: error.message }));
      return;
    }
    stop(say("share_stopped"));
    const track = stream.getVideoTracks()[0];
    const clock = new Worker("/dashboard/assets/beat.js");
    shared = { of, stream, track, clock, seq: 0, ahead: 0, widest: WIDEST, sending: false, duplicates: 0, rests: 0, restsUntil: 0 };
    track.addEventListener("ended", () => stop(say("share_stopped")));
    preview.srcObject = stream;
    await preview.play().catch(() => {});
    part("panel").hidden = false;
    part("faces").textContent = "";
    lamp("waits", say("share_starting"));
    window.addEventListener("beforeunload", askLeave);
    clock.onmessage = beat;
    clock.postMessage(every);
    part("stop").focus();
    beat();
  };

  document.getElementById("share-dialog-form").addEventListener("submit", () => {
    if (!navigator.mediaDevices || !navigator.mediaDevices.getDisplayMedia) note(say("share_impossible"));
    else start(session(), Number(new FormData(document.getElementById("share-dialog-form")).get("share-rate")));
  });
  part("stop").addEventListener("click", () => stop(say("share_stopped")));
})();
