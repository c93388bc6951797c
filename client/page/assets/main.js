// The student's page: what a press does. Nothing is sent and no camera runs before "agree".

import { Answers } from "./answers.js";
import { Camera, CameraMissing, cameraIsPossible, listCameras } from "./camera.js";
import { Ledger } from "./ledger.js";
import { clearReading, forgetBox, showReading } from "./reading.js";
import { Sender } from "./sender.js";
import { followLedger } from "./sent.js";
import { claim, giveUpClaim } from "./tab.js";
import { listenForAnswers } from "./taps.js";
import { dropTicket, findTicket } from "./ticket.js";
import { byId, show, showAnswers, showNote } from "./view.js";
import { keepAwake } from "./wake.js";
import { invitation, say } from "./words.js";

const code = invitation.join_code;
const camera = new Camera(byId("video"));
const ledger = new Ledger();
const answers = new Answers();
const facts = {
  phase: document.body.dataset.state, paused: false, wantsCamera: false, camera: "off",
  reason: null, link: "ok", resumed: false, seconds: invitation.send_seconds, everJoined: false,
};
let sender = null;
let hiddenSince = null;

function refresh() {
  if (sender) {
    facts.link = sender.link;
    facts.seconds = sender.periodMs / 1000;
    facts.everJoined ||= sender.ticket !== null;
    const given = facts.camera === "on" || answers.standing !== null; // something to send
    const paused = facts.paused || !(sender.ticket !== null || !facts.wantsCamera || given);
    if (facts.phase === "in" && (sender.paused !== paused || sender.withCamera !== facts.wantsCamera)) {
      sender.pause(paused, facts.wantsCamera);
    }
  }
  byId("sent").hidden = facts.phase !== "in" && ledger.entries.length === 0;
  keepAwake(facts.phase === "in" && facts.camera === "on");
  show(facts);
  showAnswers(answers, facts.paused);
}

function change(more) {
  Object.assign(facts, more);
  refresh();
}

// Agreeing, and what it starts

async function agree(wantsCamera, { steal = false } = {}) {
  byId("refusal").hidden = true;
  if (!(await claim(code, { steal, onStolen }))) {
    byId("elsewhere").hidden = false;
    byId("take-over").onclick = () => agree(wantsCamera, { steal: true });
    byId("take-over").focus();
    return;
  }
  byId("elsewhere").hidden = true;
  openSender(null);
  change({ phase: "in", paused: false, resumed: false, wantsCamera, why: undefined, stolen: false });
  if (wantsCamera) await startCamera();
}

function openSender(ticket) {
  sender?.stop();
  sender = new Sender({ invitation, camera, answers, ledger });
  Object.assign(sender, { onChange: refresh, onOver, onReading, onRefused });
  sender.withCamera = ticket?.withCamera ?? false;
  sender.begin(ticket);
}

async function goOn(ticket) {
  if (!(await claim(code, { onStolen }))) {
    byId("elsewhere").hidden = false;
    byId("take-over").onclick = () => agree(ticket.withCamera, { steal: true });
    return;
  }
  openSender(ticket);
  change({ phase: "in", paused: true, resumed: true, wantsCamera: ticket.withCamera, everJoined: true });
  if (ticket.leaving) leave();
}

async function startCamera(deviceId = null) {
  change({ camera: "starting", reason: null });
  try {
    if (!(await camera.start(deviceId))) return;
    change({ camera: "on" });
    offerCameras();
  } catch (error) {
    if (!(error instanceof CameraMissing)) throw error;
    change({ camera: "gone", reason: error.reason });
    offerCameras();
  }
}

function stopCamera() {
  camera.stop();
  facts.camera = "off";
  clearReading();
}

async function offerCameras() {
  const found = await listCameras();
  const choice = byId("camera-choice");
  choice.replaceChildren(...found.map(({ id, name }, i) =>
    new Option(name || say("camera_number", { n: i + 1 }), id, false, id === camera.deviceId)));
  byId("camera-choice-line").hidden = found.length < 2;
}

// Presses

function pause() {
  if (facts.paused) {
    change({ paused: false, resumed: false });
    if (facts.wantsCamera) startCamera();
    return;
  }
  stopCamera();
  showNote(null);
  change({ paused: true });
}

function switchCamera() {
  if (facts.wantsCamera) stopCamera();
  change({ wantsCamera: !facts.wantsCamera });
  if (facts.wantsCamera) startCamera();
}

function leave() {
  stopCamera();
  answers.clear();
  showNote(null);
  change({ phase: "left", why: undefined, erased: null });
  sender.leave();
}

function tap(answer) {
  if (facts.paused || facts.phase !== "in") return;
  answers.tap(answer);
  refresh();
  sender.wake();
}

// What happens by itself

function onReading(reading) {
  showReading(reading);
  facts.readAt = Date.now();
}

function onRefused(what) {
  if (what === "frame") {
    stopCamera();
    change({ wantsCamera: false });
  }
  if (what === "self-report") answers.clear();
  showNote(say(`refused_${what.replaceAll("-", "_")}`));
}

function onOver({ why, erased }) {
  const own = facts.phase === "left";
  stopCamera();
  answers.clear();
  showNote(null);
  dropTicket(code);
  giveUpClaim();
  if (why === "expired") {
    byId("refusal").hidden = false;
    byId("refusal").textContent = say("expired");
    change({ phase: "asking" });
  } else {
    const phase = { ended: "ended", deleted: "ended", "wrong-code": "wrong-code" }[why] ?? "left";
    change({ phase: own ? "left" : phase, why, erased });
  }
}

function onStolen() {
  if (facts.phase !== "in") return;
  leave();
  change({ stolen: true });
}

camera.onLost = (reason) => {
  clearReading();
  change({ camera: "gone", reason });
  offerCameras();
};
camera.onMuted = (muted) => {
  forgetBox();
  change(muted ? { camera: "gone", reason: "muted" } : { camera: "on", reason: null });
};

function onVisibility() {
  if (document.visibilityState === "hidden") {
    hiddenSince = Date.now();
    return;
  }
  const away = hiddenSince !== null && Date.now() - hiddenSince;
  const stale = Date.now() - (sender?.lastFrameAt ?? Date.now());
  if (facts.camera === "on" && away > 10_000 && stale > Math.max(3000 * facts.seconds, 5000)) {
    showNote(say("was_hidden"));
    setTimeout(() => showNote(null), 20_000);
  }
  sender?.hurry();
}

function tick() {
  showAnswers(answers, facts.paused);
  if (facts.readAt && Date.now() - facts.readAt > Math.max(2500 * facts.seconds, 4000)) {
    forgetBox();
    facts.readAt = null;
  }
}

function wire() {
  const onClick = {
    agree: () => agree(true),
    "agree-without-camera": () => agree(false),
    decline: () => change({ phase: "declined" }),
    "ask-again": () => change({ phase: "asking" }),
    "join-again": () => change({ phase: "asking" }),
    pause, leave,
    "camera-switch": switchCamera,
    "camera-again": () => startCamera(),
  };
  for (const [id, act] of Object.entries(onClick)) byId(id).addEventListener("click", act);
  byId("camera-choice").addEventListener("change", (e) => startCamera(e.target.value));
  listenForAnswers(tap);
  document.addEventListener("visibilitychange", onVisibility);
  window.addEventListener("online", () => sender?.hurry());
  window.addEventListener("offline", () => sender?.hurry());
  navigator.mediaDevices?.addEventListener?.("devicechange", offerCameras);
  setInterval(tick, 1000);
}

followLedger(ledger);
wire();
if (invitation.camera && !invitation.simulated && !cameraIsPossible()) {
  byId("insecure").hidden = false;
  byId("agree").hidden = true;
}
const ticket = findTicket(code);
if (ticket && facts.phase === "asking") goOn(ticket);
else dropTicket(code);
byId("choices").disabled = false; // until here a press would be lost
document.body.dataset.ready = "true";
