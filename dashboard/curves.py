"""Curves with their 95 % intervals: each emotion in a row of its own, and the engagement. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.axes import Chart, Json
from dashboard.palette import COLOURS, PATTERNS, TOP_TO_BOTTOM
from dashboard.river import add_gaps, texture
from dashboard.timeline import Stretch, find_runs, stretch_of
from dashboard.vocabulary import emotion_names
from server.languages import gettext
from server.schemas import MoodPoint, Share

CURVE_HEIGHT = 46
SCALES = (0.25, 0.5, 1.0)
"""A curve's axis ends at the first of these that it stays under, so that it rarely jumps."""


@dataclass(frozen=True)
class Reading:
    """One bucket of a curve: its stretch, and the value with its interval."""

    stretch: Stretch
    low: float
    middle: float
    high: float


def add_curves(chart: Chart, points: Sequence[MoodPoint], gaps: Sequence[Stretch]) -> None:
    """Draw each emotion in a row with a scale of its own, its name beside it."""
    names = emotion_names()
    for number, emotion in enumerate(TOP_TO_BOTTOM):
        runs = [
            [_read(stretch_of(p), p.shares[emotion]) for p in run if p.shares is not None]
            for run in find_runs(points)
        ]
        top = _scale(runs)
        look = {"range": [0, top], "tickvals": [top], "tickformat": ".0%"}
        head = gettext("Shares with 95 % interval, each on its own scale")
        axis = chart.add_row("" if number else head, CURVE_HEIGHT, look)
        middle = number == len(TOP_TO_BOTTOM) // 2
        add_gaps(chart, axis, gaps, gettext("not enough faces"), worded=middle)
        add_curve(chart, axis, runs, names[emotion], (COLOURS[emotion], PATTERNS[emotion]))
        chart.notes.append(
            {
                "text": f"<span style='color:{COLOURS[emotion]}'>■</span> {names[emotion]}",
                "x": 1, "xref": "paper", "xanchor": "left", "xshift": 6, "y": 0.5,
                "yref": f"{axis} domain", "showarrow": False, "name": "name",
            }
        )  # fmt: skip


def add_curve(
    chart: Chart,
    axis: str,
    runs: Sequence[Sequence[Reading]],
    name: str,
    look: tuple[str, str],
) -> None:
    """Draw a line with its interval around it, for each run without a hole; nothing between.

    look: colour and pattern.
    """
    if not runs:
        return
    x: list[str | None] = []
    line: list[float | None] = []
    around_x: list[str | None] = []
    around_y: list[float | None] = []
    told: list[list[float] | None] = []
    for run in runs:
        padded = [run[0], *run, run[-1]]
        moments = [run[0].stretch.start, *(r.stretch.middle for r in run), run[-1].stretch.end]
        places = [chart.at(moment) for moment in moments]
        x += [*places, None]
        line += [*(round(r.middle, 4) for r in padded), None]
        told += [*([round(r.low, 3), round(r.high, 3)] for r in padded), None]
        around_x += [*places, *reversed(places), None]
        around_y += [round(r.high, 4) for r in padded]
        around_y += [*(round(r.low, 4) for r in reversed(padded)), None]
    chart.add(_interval(around_x[:-1], around_y[:-1], name, look), axis)
    chart.add(
        {
            "type": "scatter",
            "x": x[:-1],
            "y": line[:-1],
            "customdata": told[:-1],
            "name": name,
            "mode": "lines",
            "line": {"width": 2, "color": look[0]},
            "hovertemplate": "%{y:.0%} (%{customdata[0]:.0%}–%{customdata[1]:.0%})",
        },
        axis,
    )


def _interval(x: list[str | None], y: list[float | None], name: str, look: tuple[str, str]) -> Json:
    colour, pattern = look
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "name": gettext("{curve}, 95 % interval").format(curve=name),
        "mode": "lines",
        "line": {"width": 0, "color": colour},
        "fill": "toself",
        "fillcolor": colour,
        "fillpattern": texture(pattern, colour),
        "opacity": 0.55,
        "hoverinfo": "skip",
    }


def _read(stretch: Stretch, share: Share) -> Reading:
    return Reading(stretch, share.low, share.share, share.high)


def _scale(runs: Sequence[Sequence[Reading]]) -> float:
    highest = max((reading.high for run in runs for reading in run), default=0.0)
    return next((top for top in SCALES if highest <= top), SCALES[-1])
