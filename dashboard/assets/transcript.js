// What was said in a lesson: read once when its page opens, told at each moment, removed.
(() => {
  const { say, session, call, note, moment, tell } = window.roomtone;
  let place = null; // the element in which the page tells of it
  let of = null; // the session whose transcript is told

  const set = (id, values) => window.dash_clientside.set_props(id, values);

  const toCue = (begun) => ({ begins_s, ends_s, words }) => [begun + begins_s * 1000, begun + ends_s * 1000, words];

  const describe = (cues) => {
    if (!cues.length) return say("no_transcript");
    const ends = Math.max(...cues.map((cue) => cue[1]));
    return say("sentences", { n: cues.length, start: tell(cues[0][0]), end: tell(ends) });
  };

  const read = async () => {
    const here = session();
    const begun = Number(place.dataset.begun);
    const answer = await call("GET", "transcript", { of: here });
    if (here !== session() || !place || !place.isConnected) return null;
    const told = answer.ok ? answer.told : [];
    const cues = (Array.isArray(told) ? told : told.cues).map(toCue(begun)).sort((a, b) => a[0] - b[0]);
    set("transcript-state", { children: answer.ok || answer.status === 404 ? describe(cues) : answer.detail });
    set("transcript-remove", { hidden: !cues.length });
    moment.hearSaid(cues);
    return answer.ok ? describe(cues) : null;
  };

  const watch = () => {
    const found = document.querySelector("#transcript-of [data-begun]");
    if (found === place && of === session()) return;
    [place, of] = [found, session()];
    if (place && of) read(); // on the way to another page its address is there first
  };

  document.addEventListener("click", async (event) => {
    if (!event.target.closest("#transcript-remove") || !window.confirm(say("remove_transcript"))) return;
    const answer = await call("DELETE", "transcript");
    note(answer.ok || answer.status === 404 ? say("transcript_removed") : answer.detail);
    read();
  });

  new MutationObserver(watch).observe(document, { childList: true, subtree: true });
  Object.assign(window.roomtone, { readTranscript: read });
})();
