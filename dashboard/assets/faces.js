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

  const writeOver = (pen, text, [x, y, width], size, colour, canvas) => {
    const long = pen.measureText(text).width + size * 0.5;
    const left = Math.max(0, Math.min(x, canvas.width - long)), top = y >= size * 1.35 ? y - size * 1.35 : y;
    pen.fillStyle = colour;
    pen.fillRect(left, top, Math.max(long, Math.min(width, long)), size * 1.35);
    pen.fillStyle = inkOn(colour);
    pen.fillText(text, left + size * 0.25, top + size * 0.72);
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
    faces.forEach((face, at) => {
      const box = face.box.map((side) => side * scale), colour = colours[face.emotion];
      pen.strokeStyle = colour;
      pen.strokeRect(...box);
      const whole = `${at + 1} ${names[face.emotion]} ${percent(face.probabilities[face.emotion])}`;
      const fits = pen.measureText(whole).width < Math.max(box[2] * 1.5, 60 * shown);
      writeOver(pen, fits ? whole : String(at + 1), box, size, colour, canvas);
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
