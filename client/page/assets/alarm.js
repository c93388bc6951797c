// Sleeping that can be interrupted, and that keeps its pace in a background tab.

export class Alarm {
  #worker = null;
  #id = 0;
  #ring = null;

  constructor() {
    try {
      this.#worker = new Worker("/join-assets/alarm_worker.js");
      this.#worker.onmessage = ({ data }) => { if (data === this.#id) this.wake(); };
    } catch { /* without a worker the page's own timer has to do */ }
  }

  /** Sleep for `ms` milliseconds, or until `wake`. */
  sleep(ms) {
    const id = ++this.#id;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), ms);
      this.#ring = () => { clearTimeout(timer); resolve(); };
      this.#worker?.postMessage({ id, ms });
    });
  }

  wake() {
    const ring = this.#ring;
    this.#ring = null;
    ring?.();
  }

  close() {
    this.#worker?.terminate();
  }
}
