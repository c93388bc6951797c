// One picture of the teacher's own: chosen, dropped or pasted; read by the server, kept by nobody.
(() => {
  const { say, call, write, receive, words } = window.roomtone;
  const KINDS = { jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", webp: "image/webp" };
  const MOST_BYTES = 5_000_000, HEAD_BYTES = 256 * 1024;

  const kindOf = (file) => (Object.values(KINDS).includes(file.type) ? file.type : KINDS[file.name.split(".").pop().toLowerCase()]);

  const refuse = (file) => {
    if (!kindOf(file)) return say("picture_unknown");
    if (!file.size) return say("picture_empty");
    if (file.size > MOST_BYTES) return say("picture_too_large", { size: (file.size / 1e6).toLocaleString(words.language, { maximumFractionDigits: 1 }) });
    return "";
  };

  // Whether a JPEG's EXIF data say that it is to be turned (CIPA DC-008, tag 0x0112). The server
  // reads a picture as it lies, and finds no faces in one that lies on its side.
  const isTurned = async (file) => {
    const data = new DataView(await file.slice(0, HEAD_BYTES).arrayBuffer());
    if (data.byteLength < 4 || data.getUint16(0) !== 0xffd8) return false;
    for (let at = 2; at + 10 < data.byteLength && data.getUint8(at) === 0xff; at += 2 + data.getUint16(at + 2)) {
      if (data.getUint8(at + 1) === 0xe1 && data.getUint32(at + 4) === 0x45786966) return readTurn(data, at + 10);
    }
    return false;
  };
  const readTurn = (data, from) => {
    try {
      const little = data.getUint16(from) === 0x4949;
      const table = from + data.getUint32(from + 4, little);
      for (let n = 0; n < data.getUint16(table, little); n += 1) {
        const entry = table + 2 + n * 12;
        if (data.getUint16(entry, little) === 0x0112) return data.getUint16(entry + 8, little) > 1;
      }
    } catch {
      // the table breaks off
    }
    return false;
  };

  const stand = async (shown) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [shown.width, shown.height];
    canvas.getContext("2d", { alpha: false }).drawImage(shown, 0, 0);
    return new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.9); });
  };

  const read = (body) => call("POST", "/dashboard/analyze", { body, headers: { "Content-Type": body.type } });

  const mount = (root) => {
    const { faces } = window.roomtone;
    const part = (name) => root.querySelector(`#picture-${name}`);
    let turn = 0, drawn = null;

    const complain = (text) => {
      part("problem").hidden = !text;
      write(part("problem"), text || "");
      write(part("state"), "");
    };

    const draw = () => { if (drawn) faces.draw(part("shown"), drawn.picture, drawn.told.faces, drawn.told); };

    const show = (picture, told) => {
      drawn = { picture, told };
      part("seen").hidden = false;
      draw();
      faces.fill(part("table"), told.faces);
      faces.count(part("counts"), told.counts);
      write(part("state"), told.faces.length ? say("faces_found", { n: told.faces.length }) : say("picture_without_faces"));
    };

    const take = async (file) => {
      const mine = turn += 1;
      drawn = null;
      part("seen").hidden = true;
      complain(refuse(file));
      if (!part("problem").hidden) return;
      write(part("state"), say("picture_reading"));
      let picture, body = file.slice(0, file.size, kindOf(file));
      try {
        picture = await createImageBitmap(file);
        if (await isTurned(file)) body = await stand(picture);
      } catch {
        if (mine === turn) complain(say("picture_unreadable"));
        return;
      }
      const answer = await read(body);
      if (mine !== turn) return;
      if (answer.ok) show(picture, answer.told);
      else complain(answer.detail);
    };

    const paste = (event) => {
      const file = [...(event.clipboardData || {}).files || []][0];
      if (!file) return;
      event.preventDefault();
      take(file);
    };

    receive(part("drop"), take);
    document.addEventListener("paste", paste);
    window.addEventListener("resize", draw);
    return () => {
      turn += 1;
      document.removeEventListener("paste", paste);
      window.removeEventListener("resize", draw);
    };
  };

  window.roomtone.picture = { mount, read };
})();
