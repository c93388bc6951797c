// The teacher's own camera, for the teacher to see what the system sees: about twice a second one
// picture, one at a time, drawn with its faces. Nothing is stored, and it stops with the page.
(() => {
  const { say, write, pages } = window.roomtone;
  const PACE_MS = 500, WIDEST = 640, QUALITY = 0.85, LONGEST_REST_S = 15;

  const explain = (error) => {
    if (error.name === "NotAllowedError" || error.name === "SecurityError") return say("camera_denied");
    if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return say("camera_missing");
    if (error.name === "NotReadableError" || error.name === "AbortError") return say("camera_taken");
    return say("camera_failed", { why: error.message });
  };

  const mount = (root) => {
    const { faces, picture } = window.roomtone;
    const part = (name) => root.querySelector(`#camera-${name}`);
    const film = document.createElement("video"), canvas = document.createElement("canvas");
    Object.assign(film, { muted: true, playsInline: true });
    let running = null, asked = 0, told = null;

    const complain = (text) => { part("problem").hidden = !text; write(part("problem"), text || ""); };
    const show = (isOn) => {
      part("start").hidden = isOn;
      part("stop").hidden = !isOn;
      part("seen").hidden = !isOn;
    };

    const stop = (why = "") => {
      asked += 1;
      const hadFocus = document.activeElement === part("stop");
      if (running) {
        clearTimeout(running.timer);
        running.stream.getTracks().forEach((track) => track.stop());
        running = null;
      }
      film.srcObject = null;
      told = null;
      show(false);
      if (hadFocus) part("start").focus();
      complain(why);
      write(part("state"), "");
    };

    const takePicture = () => {
      const scale = Math.min(1, WIDEST / film.videoWidth);
      canvas.width = Math.round(film.videoWidth * scale);
      canvas.height = Math.round(film.videoHeight * scale);
      canvas.getContext("2d", { alpha: false }).drawImage(film, 0, 0, canvas.width, canvas.height);
      return new Promise((done) => { canvas.toBlob(done, "image/jpeg", QUALITY); });
    };

    const draw = (shown) => {
      told = shown;
      faces.draw(part("shown"), canvas, shown.faces, shown);
      faces.fill(part("table"), shown.faces);
      faces.count(part("counts"), shown.counts);
      write(part("state"), shown.faces.length ? say("faces_in_view", { n: shown.faces.length }) : say("no_face_in_view"));
    };

    const beat = async (mine) => {
      const begun = performance.now();
      let rest = 0;
      if (film.videoWidth) {
        const answer = await picture.read(await takePicture());
        if (running !== mine) return;
        if (answer.ok) { draw(answer.told); complain(""); }
        else if ([401, 403].includes(answer.status)) { stop(answer.detail); return; }
        else {
          rest = Math.min(LONGEST_REST_S, Math.max(answer.wait, 1));
          complain(answer.detail);
        }
        mine.misses = answer.ok ? 0 : mine.misses + 1;
        if (rest) rest = Math.min(LONGEST_REST_S, rest * mine.misses);
      }
      mine.timer = setTimeout(() => beat(mine), Math.max(rest * 1000, PACE_MS - (performance.now() - begun), 0));
    };

    const start = async () => {
      complain("");
      if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return complain(say("camera_impossible"));
      const mine = asked += 1;
      write(part("state"), say("camera_starting"));
      let stream;
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { width: { ideal: 1280 }, height: { ideal: 720 } } });
      } catch (error) {
        if (mine === asked) stop(explain(error));
        return undefined;
      }
      if (mine !== asked) { stream.getTracks().forEach((track) => track.stop()); return undefined; }
      running = { stream, timer: 0, misses: 0 };
      stream.getVideoTracks()[0].addEventListener("ended", () => { if (running && running.stream === stream) stop(say("camera_gone")); });
      film.srcObject = stream;
      show(true);
      part("stop").focus();
      await film.play().catch(() => {});
      if (running && running.stream === stream) beat(running);
      return undefined;
    };

    const hide = () => { if (document.hidden && (running || part("state").textContent)) stop(say("camera_hidden")); };
    const leave = () => stop();
    const again = () => { if (told && running) faces.draw(part("shown"), canvas, told.faces, told); };

    part("start").addEventListener("click", start);
    part("stop").addEventListener("click", () => stop());
    document.addEventListener("visibilitychange", hide);
    window.addEventListener("pagehide", leave);
    window.addEventListener("resize", again);
    return () => {
      stop();
      document.removeEventListener("visibilitychange", hide);
      window.removeEventListener("pagehide", leave);
      window.removeEventListener("resize", again);
    };
  };

  pages.try = (root) => {
    const leaving = [window.roomtone.picture.mount(root), mount(root)];
    return () => leaving.forEach((each) => each());
  };
})();
