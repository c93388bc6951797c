// What the browser itself does with an answer.
window.dash_clientside = Object.assign({}, window.dash_clientside, {
  roomtone: {
    // Until a session has told its own title
    titlePage: (path) => { const { words } = window.roomtone, place = (path || "").split("/")[2];
      document.title = `${words[`title_${place}`] || words.title_list} · Roomtone`; },
    // What `dashboard.view.read_view` reads
    chooseView: (kind, span, twin, points) =>
      ({ curves: kind === "curves", whole: span === "whole", twin: Boolean(twin), points }),
    setTitle: (title) => { if (title) document.title = `${title} · Roomtone`; },
  },
});
