"""Curves as a page: metrics -> self-contained HTML. Pure; imports plotly, no torch."""

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from model.training.curves import COLOURS, TITLE, Curve, Rows, describe, find_best, lay_out

PAGE_CONFIG = {"displaylogo": False, "showSendToCloud": False}
"""Plotly 7 offers to send a chart to its maker's cloud, unless told not to."""


def draw_page(rows: Rows, network: str = "") -> str:
    """Return one HTML file that needs no other: what the picture shows, with values on hover."""
    panels = lay_out(rows)
    figure = make_subplots(2, 2, subplot_titles=[p.title for p in panels], vertical_spacing=0.13)
    told = set[str]()
    for at, panel in enumerate(panels):
        row, column = at // 2 + 1, at % 2 + 1
        for curve in panel.curves:
            figure.add_trace(_trace(curve, show=curve.name not in told), row=row, col=column)
            told.add(curve.name)
        figure.update_yaxes(title_text=panel.unit, row=row, col=column)
    if (best := find_best(rows)) is not None:
        figure.add_vline(best, line={"color": COLOURS["best"], "dash": "dot", "width": 1.5})
    figure.update_xaxes(title_text="epoch", tickformat="d", matches="x")
    figure.update_layout(
        title={"text": f"{TITLE}<br><sub>{describe(rows, network)}</sub>"},
        template="plotly_white",
        height=820,
        legend={"orientation": "h", "y": -0.1},
        margin={"t": 110},
    )
    page: str = figure.to_html(include_plotlyjs=True, include_mathjax=False, config=PAGE_CONFIG)
    head = f'<head><title>{TITLE}</title><meta name="viewport" content="width=device-width">'
    return page.replace("<html>", '<html lang="en">', 1).replace("<head>", head, 1)


def _trace(curve: Curve, *, show: bool) -> go.Scatter:
    return go.Scatter(
        x=curve.epochs,
        y=curve.values,
        name=curve.name,
        legendgroup=curve.name,
        showlegend=show,
        mode="lines+markers",
        line={"color": COLOURS[curve.key], "dash": "dash" if curve.dashed else "solid"},
        marker={"size": 5},
        hovertemplate="%{y:.4g}, epoch %{x}",
    )
