// One recording in the list: how far it is, in words and as a bar, and what can be done with it.
(() => {
  const { say, words, make, write, tellLength, tellLeft } = window.roomtone;
  const megabytes = new Intl.NumberFormat(words.language, { maximumFractionDigits: 0 });
  const whole = new Intl.NumberFormat(words.language);
  const ENDED = new Set(["done", "failed", "cancelled"]);
  const QUIET_MS = 12_000; // so long nothing must have come for an upload to count as broken off

  const tellBytes = (bytes) => megabytes.format(Math.ceil(bytes / 1e6));

  const joinSentences = (...told) => told.filter(Boolean).join(" ");

  class Row {
    constructor(video, acts) {
      this.acts = acts;
      this.title = make("h3", { id: `recording-${video.video_id}` });
      this.words = make("p", { className: "recording-words" });
      this.bar = make("progress", { max: 1000, "aria-labelledby": this.title.id });
      this.problems = make("ul", { className: "problems" });
      this.links = make("div", { className: "choices" });
      this.box = make("li", { className: "recording-row", "data-video": video.video_id },
        make("div", { className: "recording-told" }, this.title, this.words, this.bar, this.problems), this.links);
      this.buttons = Object.fromEntries(["pause", "resume", "again", "cancel", "remove"].map((name) => [name, this.button(name)]));
      this.ways = Object.fromEntries(["frames", "session", "report", "download"].map((name) => [name, this.link(name)]));
      this.links.append(...Object.values(this.ways), ...Object.values(this.buttons));
    }

    button(name) {
      const made = make("button", { className: "button", type: "button", textContent: say(`recording_${name}`) });
      made.addEventListener("click", () => this.acts[name](this));
      return made;
    }

    link(name) {
      return make("a", { className: "button", textContent: say(`recording_${name}`) });
    }

    update(video, upload) {
      if (this.video && this.video.received_bytes !== video.received_bytes) this.movedAt = performance.now();
      Object.assign(this, { video, upload: upload && upload.isUnderWay ? upload : null, stopped: upload && upload.state === "stopped" ? upload : null });
      write(this.title, video.title);
      write(this.words, this.say());
      this.box.dataset.state = video.state;
      const share = this.share();
      this.bar.hidden = ENDED.has(video.state) || share === null;
      if (share !== null) this.bar.value = Math.round(share * 1000);
      if (this.problems.childElementCount !== video.problems.length) this.problems.replaceChildren(...video.problems.map((text) => make("li", {}, text)));
      this.offer();
    }

    share() {
      const { state, size_bytes: size, received_bytes: got, seconds_total: total, seconds_read: read } = this.video;
      if (state === "uploading") return (this.upload ? this.upload.sent : got) / size;
      return state === "analyzing" && total ? Math.min(1, read / total) : null;
    }

    say() {
      const { video } = this;
      if (video.state === "uploading") return this.sayUpload();
      const told = { done: tellLength(video.seconds_read), all: tellLength(video.seconds_total || 0), n: video.frames_read, frames: whole.format(video.frames_read) };
      if (video.state === "analyzing") return joinSentences(say(video.seconds_total ? "video_reading" : "video_reading_on", told), tellLeft(video.seconds_left));
      if (video.state === "waiting" && video.ahead) return say("video_waiting_behind", { n: video.ahead });
      if (video.state === "failed") return video.fault || say("video_failed");
      return say(`video_${video.state}`, told);
    }

    sayUpload() {
      const { video, upload, stopped } = this;
      const told = { done: tellBytes(upload ? upload.sent : video.received_bytes), all: tellBytes(video.size_bytes) };
      if (stopped) return joinSentences(stopped.detail, say("upload_stopped", told));
      if (!upload) return say(performance.now() - this.movedAt < QUIET_MS ? "upload_elsewhere" : "upload_broken_off", told);
      if (upload.state === "paused") return say("upload_paused", told);
      if (upload.state === "resting") return say("upload_resting", { ...told, n: Math.round(upload.rest) });
      return joinSentences(say("upload_sending", told), tellLeft(upload.left));
    }

    offer() {
      const { video, upload, stopped, buttons, ways } = this;
      const key = this.acts.keyOf(video.video_id);
      const shown = {
        pause: upload && upload.state !== "paused", resume: upload && upload.state === "paused", again: stopped && video.state === "uploading",
        cancel: !ENDED.has(video.state), remove: ENDED.has(video.state),
        frames: key && video.frames_read > 0 && (video.state === "analyzing" || video.state === "done"),
        session: video.session_id, report: video.session_id && video.state === "done", download: video.session_id && video.state === "done",
      };
      Object.entries({ ...buttons, ...ways }).forEach(([name, node]) => {
        node.hidden = !shown[name];
        node.setAttribute("aria-label", say("of_recording", { what: node.textContent, title: video.title }));
      });
      const session = `/dashboard/session/${video.session_id}`;
      this.lead(ways.frames, `/dashboard/recordings/${video.video_id}`);
      this.lead(ways.session, session);
      ways.report.href = `${session}/report`;
      ways.report.target = "_blank";
      ways.download.href = `${session}/report.pdf`;
      ways.download.setAttribute("download", "");
    }

    lead(link, path) {
      link.href = path;
      link.dataset.goes = "";
    }
  }

  Object.assign(window.roomtone, { RecordingRow: Row, tellBytes });
})();
