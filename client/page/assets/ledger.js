// What was sent: an exact list, in memory only.

export class Ledger {
  entries = [];
  onChange = () => {};

  /** Note something that leaves the device now; return its entry, which `settle` completes. */
  add(kind, seq, bytes, more) {
    const entry = {
      seq, kind, sent_at: new Date().toISOString(), bytes, ...more,
      outcome: "under way", http_status: null, faces: null,
    };
    this.entries.push(entry);
    this.onChange();
    return entry;
  }

  settle(entry, outcome, more = {}) {
    Object.assign(entry, { outcome }, more);
    this.onChange();
  }

  /**
   * Note that the server has counted all numbers up to `seq`: what had no answer was counted.
   *
   * Of several tries under one number only the first can be known to have left; it gets the count.
   */
  confirm(seq) {
    const known = new Set(this.entries.filter((e) => e.outcome === "counted").map((e) => e.seq));
    for (const entry of this.entries) {
      if (entry.outcome === "no answer" && entry.seq <= seq && !known.has(entry.seq)) {
        known.add(entry.seq);
        this.settle(entry, "counted", { answer_lost: true });
      }
    }
  }

  counted(kind) {
    return this.entries.filter((e) => e.kind === kind && e.outcome === "counted").length;
  }

  document(invitation) {
    return {
      session_title: invitation.session_title,
      join_code: invitation.join_code,
      written_at: new Date().toISOString(),
      frames_counted: this.counted("frame"),
      self_reports_counted: this.counted("self-report"),
      sent: this.entries,
    };
  }
}
