// The list of what was sent, on the page and as a file.

import { clockTime, emotions, invitation, percent, say } from "./words.js";

const MOST_ROWS = 50;
const details = document.getElementById("sent-details");
const rows = document.getElementById("sent-rows");
const more = document.getElementById("sent-more");

/** Keep the list on the page in step with the ledger. */
export function followLedger(ledger) {
  const draw = () => {
    document.getElementById("sent-count").textContent = count(ledger);
    if (!details.open) return;
    const shown = ledger.entries.slice(-MOST_ROWS).reverse();
    rows.replaceChildren(...shown.map(drawRow));
    more.hidden = ledger.entries.length <= MOST_ROWS;
    more.textContent = say("sent_more", { n: MOST_ROWS });
  };
  ledger.onChange = draw;
  details.addEventListener("toggle", draw);
  draw();
  document.getElementById("download-sent").addEventListener("click", () => download(ledger));
}

function count(ledger) {
  const pictures = ledger.entries.filter((e) => e.kind === "frame").length;
  const parts = [];
  if (pictures) parts.push(say("sent_pictures", { n: pictures }));
  const answers = ledger.entries.length - pictures;
  if (answers) parts.push(say("sent_answers", { n: answers }));
  return parts.join(" · ") || say("sent_nothing");
}

function drawRow(entry) {
  const row = document.createElement("tr");
  const cells = [entry.seq, clockTime(new Date(entry.sent_at)), what(entry), outcome(entry), read(entry)];
  row.append(...cells.map((text) => {
    const cell = document.createElement("td");
    cell.textContent = text;
    return cell;
  }));
  return row;
}

function what({ kind, bytes, width, height, answer }) {
  if (kind === "self-report") return say("what_answer", { answer: say(`answer_${answer}`) });
  return say("what_picture", { width: String(width), height: String(height), kb: bytes / 1000 });
}

function outcome({ outcome: became, answer_lost: lost }) {
  return say(`outcome_${(lost ? "counted late" : became).replaceAll(" ", "_")}`);
}

function read({ faces }) {
  if (faces === null) return "";
  if (faces.length === 0) return say("read_no_face");
  return faces
    .map((face) => `${emotions[face.emotion]} ${percent(face.probabilities[face.emotion])}`)
    .join(", ");
}

function download(ledger) {
  const text = JSON.stringify(ledger.document(invitation), null, 1);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = `roomtone-${invitation.join_code}-sent.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
