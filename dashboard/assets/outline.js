// Slides and chapters: loaded from a file, removed, and begun one after the other. The same dialog
// loads what was said.
(() => {
  const { say, session, call, refresh, note, complain, now, tell, offerUndo, takeBack } = window.roomtone;
  const MOST_BYTES = 20e6;
  const KINDS = {
    pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    vtt: "text/vtt",
    csv: "text/csv",
    json: "application/json",
    ppt: "application/vnd.ms-powerpoint", // the server says what to do about it
  };
  const dialog = document.getElementById("outline-dialog");
  const state = document.getElementById("outline-state");
  const file = document.getElementById("outline-file");
  const area = document.getElementById("outline-drop");
  const whats = [...dialog.querySelectorAll("[name=outline-what]")];
  const SAID_FROM = 100; // a WebVTT file with so many entries is hardly one of chapters

  const isSaid = () => whats.some((each) => each.checked && each.value === "transcript");
  const choose = (what) => {
    whats.forEach((each) => { each.checked = each.value === what; });
    file.accept = what === "transcript" ? ".vtt" : ".pptx,.vtt,.csv,.json";
  };
  whats.forEach((each) => each.addEventListener("change", () => { choose(each.value); complain(dialog, ""); }));

  const suspectSaid = async (chosen) => {
    const n = (await chosen.text()).split("-->").length - 1;
    if (n >= SAID_FROM && window.confirm(say("looks_said", { name: chosen.name, n }))) choose("transcript");
  };

  // XMLHttpRequest, because only it tells how much of a body has gone
  const put = (chosen, kind, what) => new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `/dashboard/session/${session()}/${what}`);
    request.setRequestHeader("Roomtone-Page", "1");
    request.setRequestHeader("Content-Type", kind);
    request.upload.onprogress = ({ loaded, total }) => {
      const percent = Math.round((100 * loaded) / total);
      state.textContent = percent < 100 ? say("sending_file", { name: chosen.name, percent }) : say("reading_file", { name: chosen.name });
    };
    request.onload = () => done(request);
    request.onerror = () => done(null);
    request.send(chosen);
  });

  const detail = (answer) => {
    if (!answer) return say("not_done");
    if (answer.status === 401) return say("signed_out");
    try {
      return JSON.parse(answer.responseText).detail;
    } catch {
      return say("no_reason", { status: answer.status });
    }
  };

  const load = async (chosen) => {
    const kind = KINDS[chosen.name.split(".").pop().toLowerCase()];
    state.textContent = "";
    complain(dialog, "");
    if (!kind) return complain(dialog, say("file_unknown", { name: chosen.name }));
    if (isSaid() && kind !== KINDS.vtt) return complain(dialog, say("not_transcript", { name: chosen.name }));
    if (chosen.size > MOST_BYTES) {
      const size = Math.ceil(chosen.size / 1e6);
      return complain(dialog, say("file_too_large", { name: chosen.name, size, most: MOST_BYTES / 1e6 }));
    }
    if (kind === KINDS.vtt && !isSaid()) await suspectSaid(chosen);
    state.textContent = say("reading_file", { name: chosen.name });
    const said = isSaid();
    const answer = await put(chosen, kind, said ? "transcript" : "outline");
    state.textContent = "";
    if (!answer || answer.status !== 200) return complain(dialog, detail(answer));
    dialog.close();
    refresh();
    if (said) return note(await window.roomtone.readTranscript());
    return note(say("loaded", { n: JSON.parse(answer.responseText).length }));
  };

  file.addEventListener("change", () => { if (file.files[0]) load(file.files[0]); file.value = ""; });
  area.addEventListener("dragover", (event) => { event.preventDefault(); area.classList.add("over"); });
  area.addEventListener("dragleave", () => area.classList.remove("over"));
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("over");
    if (event.dataTransfer.files[0]) load(event.dataTransfer.files[0]);
  });
  dialog.addEventListener("opens", ({ detail }) => { state.textContent = ""; choose(detail.what || "outline"); });

  let busy = false;
  const beginNext = async () => {
    const button = document.getElementById("next-ask");
    if (!button || busy) {
      if (!button) note(say(document.querySelector("#outline-list .entries") ? "no_next" : "no_outline"));
      return;
    }
    busy = true;
    const of = session();
    const answer = await call("POST", `outline/${button.dataset.next}/begin`, { of });
    busy = false;
    if (!answer.ok) {
      note(answer.detail);
      return;
    }
    refresh();
    const text = say("begun", { time: tell(now()), words: answer.told.title });
    offerUndo(text, () => takeBack(of, `outline/${answer.told.position}/begin`));
  };

  document.addEventListener("click", async (event) => {
    if (event.target.closest("#next-ask")) beginNext();
    if (!event.target.closest("#outline-remove") || !window.confirm(say("remove_outline"))) return;
    const answer = await call("DELETE", "outline");
    note(answer.ok ? say("outline_removed") : answer.detail);
    refresh();
  });

  Object.assign(window.roomtone, { beginNext });
})();
