// Sends one thing at a time: a picture, an answer, a question. Knows the server, not the page.
// A picture is taken when it can go out, so the newest wins by itself. After a lost answer the
// server is asked which number it counted last; the next picture takes the number after that.

import { Alarm } from "./alarm.js";
import { Lost, askSource, join, leave, sendAnswer, sendFrame } from "./calls.js";
import { keepTicket } from "./ticket.js";

const ASK_AFTER_MS = 10_000; // without another answer: does the lesson still run?
const STALE_MS = 250; // until the camera has a newer picture
const WAITS_MS = [1000, 15_000]; // after a loss: the first, doubled each time up to the longest
const BUSY_MS = 2000;
const PATIENT_SLEEP_MS = 60_000;

export class Sender {
  link = "ok"; // ok, reconnecting or busy
  paused = true;
  ticket = null;
  withCamera = false; // kept with the ticket: a reload must not start a camera never agreed to
  lastFrameAt = null;
  onChange = () => {};
  onOver = () => {}; // why: ended, left, deleted, expired, wrong-code; erased: buckets or null
  onReading = () => {};
  onRefused = () => {}; // what: frame, self-report or picture
  #alarm = new Alarm();
  #over = false;
  #leaving = false;
  #mustAsk = false;
  #heardAt = -Infinity;
  #holdUntil = 0;
  #losses = 0;
  #refusedInARow = 0;
  #frameDueAt = 0;
  #inFlight = null;

  constructor({ invitation, camera, answers, ledger }) {
    const { join_code: code, send_seconds: seconds, self_report: mayAnswer } = invitation;
    Object.assign(this, { camera, answers, ledger, code, mayAnswer, periodMs: 1000 * seconds });
  }

  /** Begin with a ticket of before, or none: then the first thing sent is the join. */
  begin(ticket) {
    this.ticket = ticket;
    this.#mustAsk = ticket !== null;
    this.#run();
  }

  pause(paused, withCamera) {
    Object.assign(this, { paused, withCamera });
    if (this.ticket !== null) this.#keep(this.ticket);
    this.#frameDueAt = 0;
    this.wake();
  }

  /** Look whether there is something to do; a wait that the server asked for is kept. */
  wake() {
    this.#alarm.wake();
  }

  /** Ask at once, as when the network is back. */
  hurry() {
    if (this.link === "reconnecting") this.#holdUntil = 0;
    this.#mustAsk = this.ticket !== null;
    this.wake();
  }

  /** Leave: nothing more is sent but this. What is in flight is given up, or judged too late. */
  leave() {
    this.#leaving = true;
    if (this.ticket !== null) this.#keep(this.ticket);
    this.#inFlight?.abort();
    this.#holdUntil = 0;
    this.wake();
  }

  stop() {
    this.#over = true;
    this.#inFlight?.abort();
    this.wake();
  }

  async #run() { // one loop: numbers rise, and at most one frame is in flight
    while (!this.#over) {
      const wait = await this.#step();
      if (!this.#over && wait > 0) await this.#alarm.sleep(Math.min(wait, PATIENT_SLEEP_MS));
    }
    this.#alarm.close();
  }

  /** Do the one thing that is most due; return milliseconds until the next. */
  async #step() {
    const now = performance.now();
    if (now < this.#holdUntil) return this.#holdUntil - now;
    try {
      if (this.#leaving) return await this.#leave();
      if (this.ticket === null) return await this.#join();
      const quiet = this.#heardAt + ASK_AFTER_MS - now;
      if (this.#mustAsk || quiet <= 0) return await this.#ask();
      if (this.paused) return quiet;
      const answerIn = this.mayAnswer ? this.answers.dueIn() : Infinity;
      if (answerIn <= 0) return await this.#sendAnswer();
      if (!this.camera.isOn) return Math.min(quiet, answerIn);
      const frameIn = this.#frameDueAt - now;
      if (frameIn <= 0) return await this.#sendFrame(now);
      return Math.min(quiet, answerIn, frameIn);
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
      return this.#noteLoss();
    }
  }

  async #join() {
    if (this.paused) return PATIENT_SLEEP_MS;
    const answer = await join(this.code);
    if (answer.status === 201) {
      const { session_id: session, token } = answer.body;
      this.#keep({ session, token, seq: 1 });
      return this.#noteAnswer();
    }
    return this.#noteTrouble(answer, { 404: "wrong-code" });
  }

  async #leave() {
    if (this.ticket === null) return this.#end("left", { erased: null }); // never joined
    const answer = await leave(this.ticket);
    const { status, body } = answer;
    if (status === 429 || status >= 500) return this.#noteTrouble(answer);
    return this.#end("left", { erased: body.erased_buckets ?? (status === 404 ? null : "unknown") });
  }

  async #ask() {
    const answer = await askSource(this.ticket);
    if (answer.status !== 200) return this.#noteTrouble(answer);
    this.#mustAsk = false;
    const { ended, left, last_seq: last, send_seconds: seconds } = answer.body;
    this.periodMs = seconds * 1000;
    if (last !== null) {
      this.ledger.confirm(last);
      if (last >= this.ticket.seq) this.#keep({ ...this.ticket, seq: last + 1 });
    }
    if (left) return this.#end("left", { erased: null });
    return ended ? this.#end("ended") : this.#noteAnswer();
  }

  async #sendAnswer() {
    const answer = this.answers.standing;
    const { status } = await this.#send("self-report", answer.length + 13, { answer }, (signal) =>
      sendAnswer(this.ticket, answer, signal)); // 13: the JSON around it
    if (status !== "duplicate" && this.link !== "busy") this.answers.noteSent(answer);
    return 0;
  }

  async #sendFrame(now) {
    const picture = await this.camera.take();
    if (picture === null || this.paused || this.#leaving) return STALE_MS;
    this.#frameDueAt = now + this.periodMs;
    const { blob, width, height } = picture;
    const { status, body } = await this.#send("frame", blob.size, { width, height }, (signal) =>
      sendFrame(this.ticket, blob, signal));
    if (status !== "counted") return 0;
    this.lastFrameAt = Date.now();
    this.onReading({ faces: body.faces, width, height });
    return 0;
  }

  /** Send one numbered thing and note what became of it. Throws `Lost`. */
  async #send(kind, bytes, more, post) {
    const entry = this.ledger.add(kind, this.ticket.seq, bytes, more);
    this.#inFlight = new AbortController();
    let answer;
    try {
      answer = await post(this.#inFlight.signal);
      if (answer.status >= 500 && answer.status !== 503) throw new Lost(String(answer.status));
    } catch (error) {
      this.ledger.settle(entry, "no answer", { http_status: answer?.status ?? null });
      if (this.#leaving) return { status: "given up" }; // by us: no sign of a lost network
      throw error;
    } finally {
      this.#inFlight = null;
    }
    const { status, body } = answer;
    if (status !== 200) {
      this.ledger.settle(entry, "refused", { http_status: status, why: body.detail });
      this.#holdUntil = performance.now() + this.#noteTrouble(answer, {}, kind);
      return { status: "refused", body };
    }
    this.ledger.settle(entry, body.outcome, { http_status: status, faces: body.faces ?? null });
    if (body.outcome === "duplicate") { // what took the number, where this tab does not know it?
      this.ledger.confirm(entry.seq);
      this.#mustAsk = true;
    }
    this.#keep({ ...this.ticket, seq: this.ticket.seq + 1 });
    this.#refusedInARow = 0;
    this.#noteAnswer();
    return { status: body.outcome, body };
  }

  #keep(ticket) {
    this.ticket = ticket;
    keepTicket(this.code, { ...ticket, withCamera: this.withCamera, leaving: this.#leaving });
  }

  #noteAnswer() {
    this.#heardAt = performance.now();
    this.#losses = 0;
    this.#setLink("ok");
    return 0;
  }

  #noteLoss() {
    this.#mustAsk = this.ticket !== null;
    const wait = Math.min(WAITS_MS[0] * 2 ** this.#losses, WAITS_MS[1]);
    this.#losses += 1;
    this.#setLink("reconnecting");
    this.#holdUntil = performance.now() + wait * (0.5 + Math.random() / 2);
    return this.#holdUntil - performance.now();
  }

  /** Note an answer that is no success; return milliseconds to wait. */
  #noteTrouble({ status, retryAfter }, more = {}, kind = null) {
    const why = { 401: "expired", 404: "deleted", 409: "ended", 410: "left", ...more }[status];
    if (why) return this.#end(why, { erased: null });
    if (status === 503 || status === 429 || status === 408) {
      const wait = (retryAfter ?? BUSY_MS) + Math.random() * 500;
      this.#holdUntil = performance.now() + wait;
      this.#heardAt = performance.now();
      this.#setLink("busy");
      return wait;
    }
    if (status >= 500) throw new Lost(String(status));
    this.#noteAnswer();
    if (kind !== null && status === 403) this.onRefused(kind);
    else if (kind === "frame" && ++this.#refusedInARow >= 3) this.onRefused("picture");
    return this.periodMs;
  }

  #setLink(link) {
    if (this.link === link) return;
    this.link = link;
    this.onChange();
  }

  #end(why, more = {}) {
    if (!this.#over) {
      this.#over = true;
      this.onOver({ why, ...more });
    }
    return 0;
  }
}
