// The frame view: for whoever uploaded the recording, and as long as this page is open. Leaving it
// ends the visit, and the server erases the pictures.
(() => {
  const { say, call, write, pages, faces, tellLength } = window.roomtone;
  const PLAY_MS = 500, MORE_MS = 2000, STAY_MS = 60_000, MOST_KEPT = 24, AHEAD = 3;

  // What the server tells and holds of one recording's frames, the last few of them kept here.
  class Reel {
    constructor(of, key) {
      Object.assign(this, { at: `/dashboard/videos/${of}/frames`, headers: { "Video-Key": key }, frames: [], changes: [], counts: {}, every: 1, complete: false });
      this.kept = new Map();
    }

    // Ask for the frames that have come since. Where the server holds only each second one from now
    // on, it tells them all anew.
    async extend() {
      const last = this.frames.at(-1);
      const answer = await call("GET", `${this.at}?first=${last ? last.index + 1 : 0}`, { headers: this.headers });
      if (!answer.ok) return answer;
      const { frames, changes, counts, complete, shown_every: every } = answer.told;
      if (every !== this.every && last) return Object.assign(this, { frames: [], every }).extend();
      this.frames.push(...frames);
      Object.assign(this, { changes, counts, every, complete });
      return { ...answer, isMore: frames.length > 0 && !complete };
    }

    placeOf(index) {
      const found = this.frames.findIndex((frame) => frame.index >= index);
      return found < 0 ? Math.max(0, this.frames.length - 1) : found;
    }

    take(place) {
      if (place < 0 || place >= this.frames.length) return null;
      const { index } = this.frames[place];
      const found = this.kept.get(index) || this.fetch(index);
      this.kept.delete(index);
      this.kept.set(index, found); // the newest last
      if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value);
      return found;
    }

    async fetch(index) {
      const [told, answer] = await Promise.all([
        call("GET", `${this.at}/${index}`, { headers: this.headers }),
        fetch(`${this.at}/${index}/picture`, { headers: { "Roomtone-Page": "1", ...this.headers } }).catch(() => null),
      ]);
      if (!told.ok || !answer || !answer.ok) {
        this.kept.delete(index);
        return { problem: told.ok ? say("not_done") : told.detail, status: told.ok ? (answer || {}).status : told.status };
      }
      return { ...told.told, picture: await createImageBitmap(await answer.blob()) };
    }

    end() {
      fetch(this.at, { method: "DELETE", keepalive: true, headers: { "Roomtone-Page": "1", ...this.headers } }).catch(() => {});
    }

    // Where the mood changed beyond noise; where nothing is told of that, where the most frequent
    // emotion of a frame becomes another.
    steps() {
      if (this.changes.length) return this.changes.map((second) => this.frames.findIndex((frame) => frame.at_seconds >= second)).filter((index) => index >= 0);
      const most = this.frames.map((frame) => faces.mostOf(frame.counts));
      return this.frames.map((_, index) => index).filter((index) => index && most[index] && most[index] !== most[index - 1]);
    }
  }

  pages.frames = (root, of) => {
    const { memory } = window.roomtone;
    const part = (name) => root.querySelector(`#frames-${name}`);
    const slider = part("slider"), key = memory.keyOf(of);
    let reel = key && new Reel(of, key), index = 0, drawn = null, timer = 0, playing = 0, ended = false; // index: the place in the list

    const over = (text) => {
      ended = true;
      clearTimeout(timer);
      clearInterval(playing);
      reel = null;
      part("view").hidden = true;
      part("held").hidden = true;
      part("over").hidden = false;
      write(part("over-words"), text);
    };

    const complain = (text) => { part("problem").hidden = !text; write(part("problem"), text || ""); };

    const draw = () => {
      if (!drawn) return;
      faces.draw(part("picture"), drawn.picture, drawn.faces, drawn);
      faces.fill(part("table"), drawn.faces);
    };

    const tell = () => {
      const frame = reel.frames[index], last = reel.frames.length - 1;
      const at = tellLength(frame.at_seconds);
      slider.max = last;
      slider.value = index;
      slider.setAttribute("aria-valuetext", say("frame_value", { time: at, n: frame.faces }));
      write(part("where"), say("frame_where", { frame: index + 1, frames: last + 1, time: at }));
      write(part("faces"), say("faces_counted", { n: frame.faces }));
      faces.count(part("counts"), frame.counts);
      const most = faces.mostOf(reel.counts);
      write(part("most"), most ? say("most_overall", { emotion: faces.nameOf(most), n: reel.counts[most] }) : say("no_faces_overall"));
      faces.count(part("total"), reel.counts);
      const steps = reel.steps();
      part("before").disabled = !steps.some((step) => step < index);
      part("after").disabled = !steps.some((step) => step > index);
      const none = reel.complete && !steps.length;
      write(part("steps"), say(reel.changes.length ? "steps_told" : none ? "steps_none" : reel.complete ? "steps_most" : "steps_later"));
      part("thinned").hidden = reel.every === 1;
      write(part("thinned"), say("frames_thinned", { n: reel.every }));
      part("first").disabled = index === 0;
      part("next").disabled = index === last;
    };

    const show = async (wanted) => {
      if (!reel || !reel.frames.length) return;
      index = Math.max(0, Math.min(wanted, reel.frames.length - 1));
      tell();
      const mine = index, found = await reel.take(mine);
      if (ended || mine !== index || !found) return;
      if (found.problem) {
        if ([403, 410].includes(found.status)) over(say("visit_over"));
        else if (found.status === 404) reload(); // let go of, to make room
        else complain(found.problem);
        return;
      }
      complain("");
      drawn = { ...found, place: mine };
      draw();
      for (let ahead = 1; ahead <= AHEAD; ahead += 1) reel.take(mine + ahead);
      reel.take(mine - 1);
    };

    const stop = () => {
      clearInterval(playing);
      playing = 0;
      write(part("play"), say("play"));
    };
    const play = () => {
      if (playing) return stop();
      if (index === reel.frames.length - 1) show(0);
      write(part("play"), say("stop"));
      playing = setInterval(() => {
        if (index >= reel.frames.length - 1 && reel.complete) stop();
        else if (drawn && drawn.place === index) show(index + 1); // never faster than they come
      }, PLAY_MS);
      return undefined;
    };

    const reload = () => {
      clearTimeout(timer);
      reel.frames = [];
      extend();
    };

    const extend = async () => {
      const isFirst = !reel.frames.length, at = drawn ? drawn.index : 0, { every } = reel;
      const answer = await reel.extend();
      if (ended) return;
      timer = setTimeout(extend, answer.isMore ? 0 : answer.ok && reel.complete ? STAY_MS : MORE_MS);
      if (!answer.ok) {
        if ([403, 404, 410].includes(answer.status)) over(say("visit_over"));
        else complain(answer.detail);
        return;
      }
      part("view").hidden = !reel.frames.length;
      part("waits").hidden = reel.frames.length > 0;
      if (!reel.frames.length) write(part("waits"), say(reel.complete ? "no_frames" : "frames_soon"));
      else if (isFirst || every !== reel.every) show(reel.placeOf(at));
      else tell();
    };

    const read = async () => {
      const answer = await call("GET", `/dashboard/videos/${of}`);
      if (!answer.ok || ended) return;
      const { title, session_id: session } = answer.told;
      write(part("title"), title);
      document.title = `${title} · Roomtone`;
      part("session").hidden = !session;
      part("session").href = `/dashboard/session/${session}`;
    };

    const step = (side) => {
      stop();
      const steps = reel.steps();
      const found = side > 0 ? steps.find((each) => each > index) : steps.filter((each) => each < index).pop();
      if (found !== undefined) show(found);
    };

    const end = () => {
      if (!reel) return;
      reel.end();
      memory.dropKey(of);
    };
    const left = () => { end(); over(say("visit_over")); };
    const ask = (event) => { if (reel) event.preventDefault(); };

    slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
    part("play").addEventListener("click", play);
    part("first").addEventListener("click", () => { stop(); show(index - 1); });
    part("next").addEventListener("click", () => { stop(); show(index + 1); });
    part("before").addEventListener("click", () => step(-1));
    part("after").addEventListener("click", () => step(1));
    window.addEventListener("pagehide", left);
    window.addEventListener("beforeunload", ask);
    window.addEventListener("resize", draw);
    read();
    if (reel) extend();
    else over(say("not_yours"));

    return () => {
      end();
      ended = true;
      clearTimeout(timer);
      clearInterval(playing);
      window.removeEventListener("pagehide", left);
      window.removeEventListener("beforeunload", ask);
      window.removeEventListener("resize", draw);
    };
  };
})();
