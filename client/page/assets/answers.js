// The one tap: an answer stands for some minutes and is repeated, so that every bucket has it.

const STANDS_MS = 5 * 60_000;
const REPEAT_MS = 20_000; // a bucket of the server's is 30 s long: at least one in each

export class Answers {
  standing = null;
  #since = 0;
  #sentAt = -Infinity;

  /** Tap an answer: it stands from now; tapped again, it is taken back. */
  tap(answer) {
    this.standing = this.standing === answer ? null : answer;
    this.#since = Date.now();
    this.#sentAt = -Infinity;
  }

  clear() {
    this.standing = null;
  }

  /** Return in how many milliseconds the standing answer has to be sent; Infinity: not at all. */
  dueIn(now = Date.now()) {
    if (!this.stands(now)) return Infinity;
    return Math.max(this.#sentAt + REPEAT_MS - now, 0);
  }

  noteSent(answer) {
    if (answer === this.standing) this.#sentAt = Date.now();
  }

  stands(now = Date.now()) {
    if (this.standing && now - this.#since >= STANDS_MS) this.standing = null;
    return this.standing !== null;
  }

  /** Return for how many more minutes it stands, rounded up. */
  minutesLeft(now = Date.now()) {
    return Math.max(Math.ceil((this.#since + STANDS_MS - now) / 60_000), 1);
  }
}
