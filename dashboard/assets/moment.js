// A moment of a lesson that is over: chosen with the bar under the chart or by a click on the chart,
// told with the slide and the sentence of then. Pointing at the chart tells in passing.
(() => {
  const { say, tell } = window.roomtone;
  const bar = document.getElementById("moment");
  const slider = document.getElementById("moment-slider");
  const told = document.getElementById("moment-told");
  const PAUSE_S = 1.5; // a sentence is still told so long after it

  let span = null; // the element that holds the page's figures
  let figures = null;
  let chosen = null; // ms since 1970
  let cues = []; // of the transcript: [begins, ends, words], ms

  // The last of some rows that begin with a time up to a moment
  const lastBefore = (rows, at) => {
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle][0] <= at) low = middle + 1;
      else high = middle;
    }
    return rows[low - 1];
  };

  const describe = (at) => {
    const title = lastBefore(figures.titles, at);
    const cue = lastBefore(cues, at);
    const words = [tell(at)];
    if (title) words.push(title[1]);
    if (cue && at < cue[1] + PAUSE_S * 1000) words.push(say("quoted", { words: cue[2] }));
    return words;
  };

  const show = (at) => {
    const charts = document.querySelector(".charts");
    const [time, ...rest] = describe(at);
    told.replaceChildren(
      Object.assign(document.createElement("strong"), { textContent: time }),
      ...rest.map((words) => Object.assign(document.createElement("span"), { textContent: words })),
    );
    charts.classList.add("has-moment");
    charts.style.setProperty("--moment", (at - figures.start) / (figures.end - figures.start));
  };

  const clamp = (at) => Math.min(Math.max(at, figures.begun), figures.over);

  const choose = (at) => {
    chosen = clamp(at);
    if (Number(slider.value) !== chosen) slider.value = chosen;
    slider.setAttribute("aria-valuetext", describe(chosen).join(". "));
    show(chosen);
  };

  const read = (element) => {
    const { start, end, begun, over, titles } = element.dataset;
    figures = { start: Number(start), end: Number(end), begun: Number(begun), over: Number(over), titles: JSON.parse(titles) };
    const step = Math.max(1, Math.round((figures.end - figures.start) / 720_000));
    Object.assign(slider, { min: figures.start, max: figures.end, step: step * 1000 });
  };

  const adopt = () => {
    const place = document.getElementById("moment-place");
    const found = place && document.querySelector("#moment-of [data-start]");
    if (!found) {
      bar.hidden = true;
      if (!place) [span, chosen, cues] = [null, null, []];
      return;
    }
    if (bar.parentNode !== place) place.append(bar);
    if (found === span) return;
    span = found;
    read(found);
    bar.hidden = false;
    if (chosen === null) {
      slider.value = figures.begun;
      slider.setAttribute("aria-valuetext", describe(figures.begun).join(". "));
      told.replaceChildren(say("moment_hint"));
    } else choose(chosen);
  };

  // The lane of marks lies exactly over the time axis of the chart below.
  const momentAt = (x) => {
    const { left, width } = document.getElementById("marks").getBoundingClientRect();
    const part = (x - left) / width;
    return part < -0.02 || part > 1.02 ? null : clamp(figures.start + part * (figures.end - figures.start));
  };

  const isOver = (target) => figures && !bar.hidden && target.closest?.("#mood-words, #marks");

  document.addEventListener("pointermove", (event) => {
    if (!figures || bar.hidden) return;
    const at = isOver(event.target) && momentAt(event.clientX);
    if (at) show(at);
    else if (chosen !== null) show(chosen);
    else if (document.querySelector(".charts.has-moment")) {
      document.querySelector(".charts").classList.remove("has-moment");
      told.replaceChildren(say("moment_hint"));
    }
  }, { passive: true, capture: true });

  let pressed = null; // Plotly keeps clicks for itself
  document.addEventListener("pointerdown", (event) => {
    pressed = isOver(event.target) && !event.target.closest("button, a") ? event.clientX : null;
  }, true);
  document.addEventListener("pointerup", (event) => {
    if (pressed === null || Math.abs(event.clientX - pressed) > 5) return;
    const at = momentAt(event.clientX);
    if (at) choose(at);
    pressed = null;
  }, true);
  slider.addEventListener("input", () => choose(Number(slider.value)));

  new MutationObserver(adopt).observe(document, { childList: true, subtree: true });

  window.roomtone.moment = {
    figures: () => (bar.hidden ? null : figures),
    chosen: () => chosen,
    choose,
    describe: (at) => (bar.hidden || !figures ? [] : describe(at)),
    hearSaid: (said) => { cues = said; if (chosen !== null && figures) choose(chosen); },
  };
})();
