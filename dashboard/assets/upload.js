// A recording on its way to the server, piece by piece. It goes on while the teacher looks at other
// pages, waits for a lost network, and begins again where the server says that it is.
(() => {
  const { say, call } = window.roomtone;
  const SMALLEST = 256 * 1024, LARGEST = 8 * 1024 * 1024;
  const PIECE_S = 4; // a piece should take so long: the server waits half a minute for one
  const LONGEST_REST_S = 30, PATIENCE_MS = 60_000, SPEED_OVER_MS = 20_000, MOST_MISSES = 6;
  const FINAL = new Set([400, 401, 403, 404, 410, 413, 415, 422, 507]);
  const sending = new Map(); // video id -> Upload

  const nap = (ms, woken) => new Promise((done) => {
    const timer = setTimeout(done, ms);
    woken(() => { clearTimeout(timer); done(); });
  });

  class Upload {
    constructor(file, video, changed) {
      Object.assign(this, { file, video, changed, state: "sending", detail: "", rest: 0 });
      this.offset = video.received_bytes;
      this.loaded = 0; // of the piece under way
      this.size = SMALLEST * 4;
      this.speeds = [];
      this.wake = () => {};
    }

    get sent() { return Math.min(this.offset + this.loaded, this.file.size); }

    get isUnderWay() { return ["sending", "resting", "paused"].includes(this.state); }

    // Seconds until all is there, from the last twenty seconds; null where that can't be said.
    get left() {
      const [first, last] = [this.speeds[0], this.speeds.at(-1)];
      if (this.state !== "sending" || !first || last[0] - first[0] < 1000 || last[1] <= first[1]) return null;
      return ((this.file.size - this.sent) * (last[0] - first[0])) / 1000 / (last[1] - first[1]);
    }

    measure() {
      const now = performance.now();
      this.speeds.push([now, this.sent]);
      while (now - this.speeds[0][0] > SPEED_OVER_MS) this.speeds.shift();
    }

    become(state, detail = "") {
      Object.assign(this, { state, detail });
      if (state !== "sending") this.speeds = [];
      if (!this.isUnderWay && this.unlock) this.unlock();
      this.changed(this);
    }

    // XMLHttpRequest, because only it tells how much of a body has gone
    send(piece) {
      return new Promise((done) => {
        const request = new XMLHttpRequest();
        this.request = request;
        request.open("PATCH", `/dashboard/videos/${this.video.video_id}`);
        request.timeout = PATIENCE_MS;
        const headers = { "Roomtone-Page": "1", "Content-Type": "application/octet-stream", "Upload-Offset": this.offset };
        Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
        request.upload.onprogress = ({ loaded }) => { this.loaded = loaded; this.measure(); this.changed(this); };
        request.onloadend = () => done({
          status: request.status, text: request.responseText,
          wait: Number(request.getResponseHeader("retry-after")) || 0,
        });
        request.send(piece);
      });
    }

    async sendOne() {
      const begun = performance.now();
      const piece = this.file.slice(this.offset, this.offset + this.size);
      const answer = await this.send(piece);
      this.loaded = 0;
      if (this.state !== "sending") return;
      const video = answer.status === 200 ? parse(answer.text) : null;
      if (video) {
        const seconds = (performance.now() - begun) / 1000;
        const fitting = (piece.size / Math.max(seconds, 0.05)) * PIECE_S;
        this.size = Math.round(Math.min(LARGEST, Math.max(SMALLEST, Math.min(fitting, this.size * 2))));
        this.take(video);
        this.misses = 0;
      } else await this.judge(answer);
    }

    take(video) {
      this.video = video;
      this.offset = video.received_bytes;
      this.measure();
      this.changed(this);
    }

    async judge({ status, text, wait }) {
      this.misses = (this.misses || 0) + 1;
      if (FINAL.has(status) || (status === 409 && this.misses > MOST_MISSES)) return this.become("stopped", detailOf(status, text));
      if (status === 0 && !(await this.isReadable())) return this.become("stopped", say("file_gone"));
      if (status === 408 || status === 0) this.size = Math.max(SMALLEST, Math.round(this.size / 2));
      if (status !== 409) await this.pauseFor(Math.max(wait, Math.min(2 ** (this.misses - 1), LONGEST_REST_S)));
      return this.state === "sending" && this.ask();
    }

    async isReadable() {
      try {
        await this.file.slice(this.offset, this.offset + 1).arrayBuffer();
        return true;
      } catch {
        return false;
      }
    }

    async pauseFor(seconds) {
      this.rest = seconds;
      this.become("resting");
      await nap(seconds * 1000, (wake) => { this.wake = wake; });
      if (this.state === "resting") this.become("sending");
    }

    // Where the server is: a piece may have arrived, or half of one, without our hearing of it.
    async ask() {
      const answer = await call("GET", `/dashboard/videos/${this.video.video_id}`);
      if (answer.ok) this.take(answer.told);
      else if (FINAL.has(answer.status)) this.become("stopped", answer.detail);
    }

    async run() {
      const turn = this.turn = (this.turn || 0) + 1; // after a pause the old one may still be ending
      sending.set(this.video.video_id, this);
      this.become("sending");
      while (turn === this.turn && this.state === "sending" && this.video.state === "uploading" && this.offset < this.file.size) await this.sendOne(); // eslint-disable-line no-await-in-loop
      if (turn !== this.turn) return;
      if (this.state === "sending") this.become("sent");
      if (!this.isUnderWay) sending.delete(this.video.video_id);
    }

    pause() {
      this.become("paused");
      this.drop();
    }

    async resume() {
      const isNew = this.state === "stopped";
      this.misses = 0;
      this.become("sending");
      await this.ask();
      if (this.state === "sending") await (isNew ? start(this) : this.run());
    }

    stop() {
      this.become("cancelled");
      this.drop();
      sending.delete(this.video.video_id);
    }

    drop() {
      this.loaded = 0;
      this.wake();
      if (this.request) this.request.abort();
    }
  }

  const parse = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  };

  const detailOf = (status, text) => {
    if (status === 401) return say("signed_out");
    return (parse(text) || {}).detail || say("no_reason", { status });
  };

  // One page at a time sends a recording; the lock goes with the page. Without https there is none.
  const start = (upload) => {
    const run = () => new Promise((done) => {
      upload.unlock = done;
      upload.run();
    });
    if (!navigator.locks) return run();
    return navigator.locks.request(`roomtone-upload-${upload.video.video_id}`, { ifAvailable: true }, (lock) => {
      if (lock) return run();
      return upload.become("stopped", say("sent_elsewhere"));
    });
  };

  window.addEventListener("online", () => sending.forEach((upload) => upload.wake()));
  window.addEventListener("beforeunload", (event) => { if (sending.size) event.preventDefault(); });

  Object.assign(window.roomtone, { Upload, uploads: { sending, start } });
})();
