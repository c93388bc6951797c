// Draws every chart from the JSON beside it, in the colours of the reader's light or dark setting.
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function template() {
  const ink = dark.matches ? "#e6edf3" : "#1b1f24";
  const grid = dark.matches ? "#30363d" : "#e3e7ec";
  const axis = { gridcolor: grid, linecolor: grid, zerolinecolor: grid, automargin: true };
  const low = dark.matches ? "#0d1117" : "#ffffff";
  const high = dark.matches ? "#79c0ff" : "#08519c";
  return {
    layout: {
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: ink, family: "system-ui, 'DejaVu Sans', sans-serif", size: 13 },
      colorway: dark.matches ? ["#56b4e9", "#ff9d5c", "#4fd1a5"] : ["#0072b2", "#d55e00", "#007a5a"],
      colorscale: { sequential: [[0, low], [1, high]] },
      xaxis: axis, yaxis: axis,
      legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
      margin: { l: 60, r: 20, t: 40, b: 50 },
      hoverlabel: { font: { size: 13 } },
    },
  };
}

function draw() {
  for (const chart of document.querySelectorAll(".chart")) {
    const { data, layout } = JSON.parse(chart.nextElementSibling.textContent);
    Plotly.react(chart, data, { ...layout, template: template() }, {
      responsive: true, displaylogo: false, displayModeBar: false,
    });
  }
}

draw();
dark.addEventListener("change", draw);
