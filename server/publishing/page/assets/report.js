
"use strict";
// The page works without this: it adds the reader's zone and the choice of a moment.
(() => {
  const told = JSON.parse(document.getElementById("told").textContent);
  const find = (id) => document.getElementById(id);
  const language = document.documentElement.lang;
  document.documentElement.classList.add("scripted");

  const forms = {
    hm: new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    hms: new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
    day: new Intl.DateTimeFormat(language, { dateStyle: "full" }),
  };
  for (const time of document.querySelectorAll("time[data-form]"))
    time.textContent = forms[time.dataset.form].format(new Date(time.dateTime));
  if (!told) return;

  const fill = (sentence, figures) => sentence.replace(/\{(\w+)\}/g, (_, name) => figures[name]);
  const start = Date.parse(told.start);
  const words = told.words;
  const percent = (share) => Math.floor(share * 100 + 0.5 + 1e-9);

  for (const tick of document.querySelectorAll("[data-at]"))
    tick.textContent = forms.hm.format(new Date(tick.dataset.at));
  const minutes = -new Date(start).getTimezoneOffset();
  const rest = Math.abs(minutes) % 60;
  const offset = minutes === 0 ? "UTC" :
    "UTC" + (minutes > 0 ? "+" : "−") + Math.floor(Math.abs(minutes) / 60) + (rest ? ":" + String(rest).padStart(2, "0") : "");
  find("zone").textContent = fill(words.zone, { zone: offset });

  const slider = find("moment"), cross = find("cross"), over = find("over-rows");
  slider.parentElement.hidden = find("readout").hidden = false;

  const length = (seconds) => {
    const pad = (n) => String(n).padStart(2, "0"), s = Math.floor(seconds);
    return Math.floor(s / 3600) + ":" + pad(Math.floor(s / 60) % 60) + ":" + pad(s % 60);
  };
  const lastBefore = (list, at) => {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle][0] <= at) low = middle + 1; else high = middle;
    }
    return low - 1;
  };
  const starts = told.series.map((stretch) => [stretch.at]);
  const stretchAt = (at) => Math.max(lastBefore(starts, at), 0);
  const cueAt = (at) => {
    const cue = told.cues[lastBefore(told.cues, at)];
    return cue && at - cue[1] < 10 ? cue[2] : "";
  };
  const showTable = (id, shares, few) => {
    const table = find(id);
    if (!table) return;
    table.hidden = !shares;
    if (few) few.hidden = Boolean(shares);
    [...table.rows].forEach((row, i) => {
      row.cells[1].textContent = shares ? percent(shares[i][0]) + "\u202f%" : "";
      row.cells[2].textContent = shares ? percent(shares[i][1]) + "–" + percent(shares[i][2]) : "";
    });
  };
  const put = (id, text) => {
    const element = find(id);
    if (element) { element.textContent = text; element.hidden = !text; }
  };

  function show(at) {
    const n = stretchAt(at), stretch = told.series[n];
    const time = forms.hms.format(new Date(start + at * 1000));
    find("now-hint").hidden = true;
    find("now").hidden = false;
    put("now-time", time);
    put("now-into", fill(words.into, { length: length(at) }));
    const slide = told.slides[lastBefore(told.slides, at)];
    put("now-slide", slide ? slide[1] : "");
    const cue = cueAt(at);
    put("now-cue", cue ? "“" + cue + "”" : "");
    const seen = fill(stretch.present ? words.visibleOf : words.visible, stretch);
    put("now-visible", stretch.shares ? seen : seen + ". " + words.notEnough + ".");
    showTable("now-shares", stretch.shares);
    put("now-few", words.fewAnswers);
    showTable("now-answers", stretch.answers, find("now-few"));
    cross.hidden = false;
    cross.style.left = 100 * at / told.seconds + "%";
    slider.value = n;
    slider.setAttribute("aria-valuetext", describe(stretch, time));
  }
  function describe(stretch, time) {
    if (!stretch.shares) return fill(words.nothing, { time });
    const most = stretch.shares.reduce((best, share, i) => share[0] > stretch.shares[best][0] ? i : best, 0);
    const row = find("now-shares").rows[most];
    return fill(words.most, { time, expression: row.cells[0].textContent, share: row.cells[1].textContent });
  }
  function pointAt(event) {
    const box = over.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    if (part >= 0 && part <= 1) show(Math.min(part * told.seconds, told.seconds - 0.001));
  }
  const chart = find("chart");
  chart.addEventListener("pointermove", pointAt);
  chart.addEventListener("pointerdown", pointAt);
  slider.addEventListener("input", () => {
    const stretch = told.series[slider.value];
    show(Math.max(stretch.at, 0) + stretch.seconds / 2);
  });
  slider.addEventListener("focus", () => { if (cross.hidden) slider.dispatchEvent(new Event("input")); });
  for (const button of document.querySelectorAll("[data-go]"))
    button.addEventListener("click", () => {
      show((Date.parse(button.dataset.go) - start) / 1000);
      chart.scrollIntoView({ block: "nearest" });
      slider.focus({ preventScroll: true });
    });
  for (const link of document.querySelectorAll("[data-change]"))
    link.addEventListener("focus", () => {
      const go = document.querySelector("#change-" + link.dataset.change + " [data-go]");
      show((Date.parse(go.dataset.go) - start) / 1000);
    });
})();
