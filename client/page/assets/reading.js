// What was read of the student's own picture: a box over the preview, a sentence and seven bars.

import { emotions, percent, say } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const boxes = document.getElementById("boxes");
const sentence = document.getElementById("reading-sentence");
const bars = document.getElementById("reading-bars");
const more = document.getElementById("reading-more");

const rows = Object.entries(emotions).map(([emotion, name]) => {
  const row = document.createElement("li");
  const fill = document.createElement("i");
  const share = document.createElement("span");
  const track = document.createElement("span");
  row.dataset.emotion = emotion;
  track.className = "bar";
  share.className = "share";
  track.append(fill);
  row.append(name, track, share);
  bars.append(row);
  return { emotion, fill, share };
});

/** Show a reading: {faces, width, height}, boxes in pixels of the picture that was sent. */
export function showReading({ faces, width, height }) {
  boxes.setAttribute("viewBox", `0 0 ${width} ${height}`);
  boxes.replaceChildren(...faces.map(drawBox));
  const size = (face) => face.box[2] * face.box[3];
  const own = faces.reduce((best, face) => (best && size(best) >= size(face) ? best : face), null);
  sentence.textContent = tell(faces, own);
  more.hidden = own === null;
  for (const { emotion, fill, share } of rows) {
    const part = own?.probabilities[emotion] ?? 0;
    fill.style.width = `${100 * part}%`;
    share.textContent = percent(part);
  }
}

export function clearReading() {
  boxes.replaceChildren();
  more.hidden = true;
  sentence.textContent = say("reading_none");
}

/** Take the box away when it is old; the face has moved on. */
export function forgetBox() {
  boxes.replaceChildren();
}

function tell(faces, own) {
  if (own === null) return say("reading_no_face");
  const read = { emotion: emotions[own.emotion], share: percent(own.probabilities[own.emotion]) };
  if (faces.length > 1) return say("reading_faces", { n: faces.length, ...read });
  return say("reading_face", read);
}

function drawBox(face) {
  const [x, y, width, height] = face.box;
  const box = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x, y, width, height, rx: 8 })) {
    box.setAttribute(name, value);
  }
  return box;
}

clearReading();
more.open = window.matchMedia("(min-width: 46rem)").matches; // a phone has no room to spare
