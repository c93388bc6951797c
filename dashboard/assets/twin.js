// Draws the charts' twin from its rows: thousands of cells, each of which would cost Dash a component
// that hears of every change on the page.
(() => {
  const { make } = window.roomtone;

  const drawHead = ({ heads, words }) =>
    make("tr", {}, ...heads.map((head, i) => make("th", { scope: "col", className: words[i] ? "words" : "" }, head)));

  const drawUnknown = (text, colSpan) => make("td", { className: "unknown", colSpan }, text);

  const drawRow = ({ heads, words }, { at, cells: [first, ...cells], unknown }) =>
    make(
      "tr",
      at ? { "data-at": at } : {},
      make("th", { scope: "row" }, first),
      ...cells.map((cell, i) => make("td", { className: words[i + 1] ? "words" : "" }, cell)),
      ...(unknown ? [drawUnknown(unknown, heads.length - 1 - cells.length)] : []),
    );

  const draw = (table) => {
    const rows = table.rows.map((row) => drawRow(table, row));
    if (!rows.length) rows.push(make("tr", {}, drawUnknown(table.empty, table.heads.length)));
    return make("table", {}, make("caption", {}, table.caption), make("thead", {}, drawHead(table)), make("tbody", {}, ...rows));
  };

  const fillTwin = (tables) => {
    document.getElementById("twin")?.replaceChildren(...(tables || []).map(draw));
  };

  window.dash_clientside.roomtone = { ...window.dash_clientside.roomtone, fillTwin };
})();
