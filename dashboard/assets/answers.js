// What the browser itself does with an answer. The rows of the list stay when their numbers change,
// and with them the focus.
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  roomtone: {
    fillRows: (numbers, rows) =>
      rows.map(({ session }) => (numbers || {})[session] || window.dash_clientside.no_update),
    // Until a session has told its own title
    titlePage: (path) => { const { words } = window.roomtone, place = (path || "").split("/")[2];
      document.title = `${words[`title_${place}`] || words.title_list} · Roomtone`; },
    // What `dashboard.view.read_view` reads
    chooseView: (kind, span, twin, points) =>
      ({ curves: kind === "curves", whole: span === "whole", twin: Boolean(twin), points }),
    setTitle: (title) => { if (title) document.title = `${title} · Roomtone`; },
  },
});
