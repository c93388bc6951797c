"""The time axis that all rows of a chart share, and where each row lies. Pure."""

from datetime import datetime, timedelta, tzinfo
from typing import Any

import plotly.graph_objects as go

from dashboard.timeline import Stretch

FONT = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', sans-serif"
RIVER, LANE, COVERAGE = (0.40, 0.945), (0.275, 0.325), (0.07, 0.185)
RIVER_ALONE, LANE_ALONE = (0.22, 0.945), (0.07, 0.125)
"""Where the rows lie in the figure, 0 at the bottom: with coverage and without."""


def at(moment: datetime, zone: tzinfo) -> datetime:
    """Return the viewer's wall clock without a zone, which is what Plotly draws unchanged."""
    return moment.astimezone(zone).replace(tzinfo=None)


def lay_out(stretch: Stretch, zone: tzinfo, *, has_coverage: bool) -> go.Layout:
    """Return the layout of a chart: calm, still, on the axis of `stretch`."""
    minute = stretch.length <= timedelta(minutes=10)
    percent = {"tickformat": ".0%", "tickvals": [0, 0.5, 1], "range": [0, 1]}
    fixed = {"fixedrange": True, "zeroline": False}
    return go.Layout(
        font={"family": FONT, "size": 13},
        margin={"l": 40, "r": 84, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        hovermode="x unified",
        barmode="overlay",
        bargap=0,
        dragmode=False,
        uirevision="still",
        xaxis={
            "range": [at(stretch.start, zone), at(stretch.end, zone)],
            "type": "date",
            "tickformat": "%H:%M",
            "hoverformat": "%H:%M:%S",
            "showgrid": False,
            "anchor": "y3" if has_coverage else "y2",
            **({"dtick": 60_000} if minute else {"nticks": 8}),
            **fixed,
        },
        yaxis={"domain": RIVER if has_coverage else RIVER_ALONE, **percent, **fixed},
        yaxis2={
            "domain": LANE if has_coverage else LANE_ALONE,
            "visible": False,
            "range": [0, 1],
            "fixedrange": True,
        },
        yaxis3={"domain": COVERAGE, "visible": has_coverage, **fixed},
    )


def head_rows(of: int | None) -> list[dict[str, Any]]:
    """Return a heading for each row, as Plotly's annotations. `of`: as in `charts.draw_mood`."""
    river, lane = (RIVER, LANE) if of else (RIVER_ALONE, LANE_ALONE)
    rows = [("Share of each expression", river), ("Most common expression", lane)]
    if of:
        rows.append((f"Students visible, of {of}", COVERAGE))
    return [
        {
            "text": text, "x": 0, "xref": "paper", "xanchor": "left", "y": top, "yref": "paper",
            "yanchor": "bottom", "showarrow": False, "name": "heading",
        }
        for text, (_, top) in rows
    ]  # fmt: skip
