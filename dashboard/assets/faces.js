// Faces of a picture of the teacher's own: drawn on it, and told as a table for whoever can't see it.
(() => {
  const { words } = window.roomtone;
  const names = words.emotions, colours = words.emotion_colours;
  const EMOTIONS = Object.keys(names || {});
  const WIDEST = 1600;

  const percent = (share) => `${Math.round(share * 100)} %`;

  // Black or white, whichever is read better on a colour (WCAG's luminance).
  const inkOn = (colour) => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000" : "#fff";
  };

  const meet = (a, b) => a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];

  // Where words over a box lie: on the picture, above the box where there is room.
  const placeOf = (pen, [x, y], text, size) => {
    const high = size * 1.35, long = pen.measureText(text).width + size * 0.5;
    return [Math.max(0, Math.min(x, pen.canvas.width - long)), y >= high ? y - high : y, long, high];
  };

  const writeAt = (pen, place, text, size, colour) => {
    pen.fillStyle = colour;
    pen.fillRect(...place);
    pen.fillStyle = inkOn(colour);
    pen.fillText(text, place[0] + size * 0.25, place[1] + size * 0.72);
  };

  // Draw a picture with its faces. `from`: the size in pixels that the boxes are told in.
  const draw = (canvas, picture, faces, from) => {
    const wanted = Math.max(from.width, canvas.clientWidth * window.devicePixelRatio); // sharp letters
    const scale = Math.min(wanted, WIDEST) / from.width;
    canvas.width = Math.round(from.width * scale);
    canvas.height = Math.round(from.height * scale);
    const pen = canvas.getContext("2d");
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const shown = canvas.width / (canvas.clientWidth || canvas.width); // pixels of ours for one of CSS
    const size = Math.max(9, 13 * shown);
    pen.font = `600 ${size}px sans-serif`;
    pen.textBaseline = "middle";
    pen.lineWidth = Math.max(2, 2.5 * shown);
    const boxes = faces.map((face) => face.box.map((side) => side * scale));
    faces.forEach((face, at) => {
      pen.strokeStyle = colours[face.emotion];
      pen.strokeRect(...boxes[at]);
    });
    // Each face has its number; more words where they cover no other face and no other words.
    const words = boxes.map((box, at) => placeOf(pen, box, String(at + 1), size));
    faces.forEach((face, at) => {
      const sure = percent(face.probabilities[face.emotion]), name = names[face.emotion];
      const taken = [...boxes, ...words].filter((_, other) => other % boxes.length !== at);
      const text = [`${at + 1} ${name} ${sure}`, `${at + 1} ${name}`, `${at + 1} ${sure}`].find((each) => {
        const place = placeOf(pen, boxes[at], each, size);
        return !taken.some((other) => meet(place, other));
      }) || String(at + 1);
      words[at] = placeOf(pen, boxes[at], text, size);
      writeAt(pen, words[at], text, size, colours[face.emotion]);
    });
  };

  // One row a face: which, what, how surely, where.
  const fill = (table, faces) => {
    const { make } = window.roomtone;
    table.closest(".faces-table").hidden = !faces.length;
    table.tBodies[0].replaceChildren(...faces.map((face, at) => {
      const [x, y, width, height] = face.box.map(Math.round);
      const swatch = make("span", { className: `swatch ${face.emotion}` });
      swatch.style.setProperty("--emotion", colours[face.emotion]);
      return make("tr", {},
        make("th", { scope: "row" }, String(at + 1)),
        make("td", {}, make("span", { className: "emotion" }, swatch, names[face.emotion])),
        ...EMOTIONS.map((emotion) => make("td", { className: emotion === face.emotion ? "likeliest" : "" }, percent(face.probabilities[emotion]))),
        make("td", { className: "box" }, `${x}, ${y}, ${width} × ${height}`));
    }));
  };

  // How many faces look so, most first.
  const count = (place, counts) => {
    const { make } = window.roomtone;
    const found = EMOTIONS.filter((emotion) => counts[emotion]).sort((a, b) => counts[b] - counts[a]);
    place.replaceChildren(...found.map((emotion) => {
      const swatch = make("span", { className: `swatch ${emotion}` });
      swatch.style.setProperty("--emotion", colours[emotion]);
      return make("li", { "data-emotion": emotion }, swatch, `${names[emotion]} `, make("strong", {}, String(counts[emotion])));
    }));
  };

  // The most frequent emotion of some counts; null without faces.
  const mostOf = (counts) => EMOTIONS.reduce((best, each) => (counts[each] > (best ? counts[best] : 0) ? each : best), null);

  window.roomtone.faces = { draw, fill, count, mostOf, nameOf: (emotion) => names[emotion] };
})();
