"""A chart of several rows on one time axis, as plain JSON for Plotly. Pure.

Plain dictionaries, because Plotly's own classes check every number: with them one chart takes
tens of milliseconds, without them two. The tests let Plotly check what comes out.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from dashboard.timeline import Stretch

Json = dict[str, Any]

FONT = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', sans-serif"
HEAD, GAP, FOOT, TOP = 26, 7, 30, 2
"""Pixels: above a row with a heading, above one without, below the last for the times, on top."""
MARGIN_LEFT, MARGIN_RIGHT = 40, 84
PERCENT: Json = {"tickformat": ".0%", "tickvals": [0, 0.5, 1], "range": [0, 1]}
RIVER_AXIS = "y"
"""The axis of stacked bands, whose outlines `assets/charts.css` gives the colour of the paper."""


def at(moment: datetime, zone: tzinfo) -> str:
    """Return the viewer's wall clock without a zone, which is what Plotly draws unchanged."""
    written = moment.astimezone(zone).replace(tzinfo=None).isoformat(" ")
    return written.rstrip("0") if "." in written else written


def milliseconds(stretch: Stretch) -> float:
    """Return how wide a bar on the time axis is."""
    return stretch.length.total_seconds() * 1000


@dataclass
class _Row:
    head: str
    height: int
    axis: str
    look: Json


@dataclass
class Chart:
    """A chart being drawn: rows from top to bottom, each with an axis of its own.

    with_times: the times are written below the last row.
    """

    stretch: Stretch
    zone: tzinfo
    with_times: bool = True
    traces: list[Json] = field(default_factory=list)
    notes: list[Json] = field(default_factory=list)
    shapes: list[Json] = field(default_factory=list)
    _rows: list[_Row] = field(default_factory=list)

    def add_row(self, head: str, height: int, look: Json, *, stacked: bool = False) -> str:
        """Begin a row of `height` pixels under what is there; return its axis.

        look: what Plotly calls the axis's layout. stacked: it holds the river's bands; one row.
        """
        axis = RIVER_AXIS if stacked else f"y{len(self._rows) + 2}"
        self._rows.append(_Row(head, height, axis, look))
        return axis

    def add(self, trace: Json, axis: str) -> None:
        """Draw a trace in the row of `axis`."""
        self.traces.append({**trace, "yaxis": axis})

    def at(self, moment: datetime) -> str:
        """Return a place on the time axis."""
        return at(moment, self.zone)

    @property
    def height(self) -> int:
        """How high the chart must be drawn, pixels."""
        inside = sum(row.height + (HEAD if row.head else GAP) for row in self._rows)
        return TOP + inside + (FOOT if self.with_times else 0)

    def finish(self) -> Json:
        """Return the figure: `data` and `layout`."""
        layout = self._lay_out()
        whole, top = float(self.height), float(TOP)
        drawn = {trace["yaxis"] for trace in self.traces}
        for row in self._rows:
            if row.axis not in drawn:
                self.add(_nothing(self.at(self.stretch.start)), row.axis)
            top += HEAD if row.head else GAP
            domain = [1 - (top + row.height) / whole, 1 - top / whole]
            if row.head:
                self.notes.append(_head(row.head, domain[1]))
            name = row.axis.replace("y", "yaxis", 1)
            fixed = {"fixedrange": True, "zeroline": False, "domain": domain}
            layout[name] = {**fixed, **row.look}
            top += row.height
        layout["xaxis"]["anchor"] = self._rows[-1].axis
        layout["annotations"], layout["shapes"] = self.notes, self.shapes
        return {"data": self.traces, "layout": layout}

    def _lay_out(self) -> Json:
        return {
            "template": {},
            "font": {"family": FONT, "size": 13},
            "margin": {"l": MARGIN_LEFT, "r": MARGIN_RIGHT, "t": 0, "b": 0},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "showlegend": False,
            "hovermode": "x unified",
            "barmode": "overlay",
            "bargap": 0,
            "dragmode": False,
            "uirevision": "still",
            "xaxis": {
                "range": [self.at(self.stretch.start), self.at(self.stretch.end)],
                "type": "date",
                "tickformat": "%H:%M",
                "hoverformat": "%H:%M:%S",
                "showgrid": False,
                "zeroline": False,
                "fixedrange": True,
                "visible": self.with_times,
                **self._ticks(),
            },
        }

    def _ticks(self) -> Json:
        short = self.stretch.length <= timedelta(minutes=10)
        return {"dtick": 60_000} if short else {"nticks": 8}


def _nothing(moment: str) -> Json:
    """Keep a row in which there is nothing: without a trace Plotly leaves its axis out.

    The times, which hang on the last one, would be written across the rows.
    """
    return {"type": "scatter", "x": [moment], "y": [None], "mode": "lines", "hoverinfo": "skip"}


def _head(text: str, top: float) -> Json:
    return {
        "text": text, "x": 0, "xref": "paper", "xanchor": "left", "y": top, "yref": "paper",
        "yanchor": "bottom", "showarrow": False, "name": "heading",
    }  # fmt: skip
