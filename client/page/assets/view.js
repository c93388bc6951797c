// Writes the facts onto the page: the lamp, the buttons, the title. Decides nothing.

import { cameraIsPossible } from "./camera.js";
import { stateOf } from "./state.js";
import { invitation, say } from "./words.js";

export const byId = (id) => document.getElementById(id);

const HEADINGS = {
  asking: "asking-heading", declined: "declined-heading", in: "lamp-heading",
  ended: "over-heading", left: "over-heading", "wrong-code": "wrong-heading",
};
const mayBoth = invitation.camera && !invitation.simulated && invitation.self_report;
let shownPhase = document.body.dataset.state;

function setText(id, text) {
  const node = byId(id);
  if (node.textContent !== text) node.textContent = text; // a live region speaks when it changes
}

export function show(facts) {
  const state = stateOf(facts);
  document.body.dataset.state = state;
  if (facts.phase === "in") showPart(state, facts);
  if (facts.phase === "ended" || facts.phase === "left") showOver(facts);
  document.title = `${titleOf(state)} · Roomtone`;
  if (facts.phase !== shownPhase) {
    shownPhase = facts.phase;
    window.scrollTo(0, 0);
    byId(HEADINGS[facts.phase]).focus({ preventScroll: true });
  }
}

function titleOf(state) {
  const lit = ["starting", "sending", "paused", "reconnecting", "busy", "no-camera", "reporting"];
  return lit.includes(state) ? say(state) : invitation.session_title;
}

function showPart(state, facts) {
  const { paused, wantsCamera, camera, reason, resumed, seconds } = facts;
  setText("lamp-word", say(state));
  setText("lamp-detail", detailOf(state, { resumed, seconds, reason, wantsCamera }));
  setText("pause", say(paused ? "resume" : "pause"));
  byId("camera-panel").hidden = !wantsCamera;
  const off = camera !== "on";
  byId("preview").classList.toggle("off", off);
  byId("preview-off").hidden = !off;
  const gone = wantsCamera && camera === "gone";
  byId("preview").hidden = gone;
  byId("camera-trouble").hidden = !gone;
  if (gone) setText("camera-trouble-words", say(`camera_${reason}`));
  byId("camera-again").hidden = reason === "muted";
  byId("reading").hidden = off;
  const toggle = byId("camera-switch");
  toggle.hidden = paused || !mayBoth || !cameraIsPossible();
  setText("camera-switch", say(!wantsCamera ? "camera_start" : gone ? "camera_without" : "camera_stop"));
  for (const button of document.querySelectorAll("[data-answer]")) {
    button.setAttribute("aria-disabled", String(paused));
  }
}

function detailOf(state, { resumed, seconds, reason, wantsCamera }) {
  if (state === "sending") return say("sending_detail", { n: seconds });
  if (state === "paused" && resumed) return say("resumed_detail");
  if (state === "paused" && !wantsCamera) return say("paused_report_detail");
  if (state === "no-camera" && reason === "denied") return say("denied_detail");
  return say(`${state.replaceAll("-", "_")}_detail`);
}

function showOver({ phase, why, erased, link, stolen, everJoined }) {
  const ended = phase === "ended";
  setText("over-heading", say(ended ? "ended_heading" : "left_heading"));
  setText("over-words", overWords({ ended, why, erased, link, stolen, everJoined }));
  byId("over-close").hidden = phase === "left" && why === undefined;
  byId("over-again").hidden = ended || why === undefined || stolen;
}

function overWords({ ended, why, erased, link, stolen, everJoined }) {
  if (ended) return say(why === "deleted" ? "deleted_words" : "ended_words");
  if (!everJoined) return say("left_unjoined");
  if (why === undefined) return say(link === "ok" ? "leaving" : "leaving_unheard");
  if (stolen) return say("left_stolen");
  if (erased === "unknown") return say("left_unknown");
  if (erased === null) return say("left_words");
  return erased === 0 ? say("left_nothing") : say("left_erased", { n: erased });
}

/** Show how long the standing answer stands, and which it is. */
export function showAnswers(answers, paused) {
  const stands = answers.stands();
  for (const button of document.querySelectorAll("[data-answer]")) {
    const pressed = stands && button.dataset.answer === answers.standing;
    if (button.getAttribute("aria-pressed") !== String(pressed)) {
      button.setAttribute("aria-pressed", String(pressed));
    }
  }
  if (paused) setText("answer-stands", say("answer_paused"));
  else if (stands) setText("answer-stands", say("answer_stands", { n: answers.minutesLeft() }));
  else setText("answer-stands", say("answer_none"));
}

export function showNote(sentence) {
  byId("note").hidden = sentence === null;
  setText("note", sentence ?? "");
}
