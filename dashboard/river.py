"""The river: the shares of all emotions stacked, where they are told, and hatched where not. Pure.

Text, rules and backgrounds take their colours from `assets/charts.css`, so that light and dark
need no new figure; only the emotions' own colours are in the figure.
"""

from collections.abc import Sequence

from dashboard.axes import Chart, Json, milliseconds
from dashboard.palette import COLOURS, GAP_PATTERN, PATTERNS, TOP_TO_BOTTOM
from dashboard.sentence import find_dominant
from dashboard.timeline import Stretch, find_runs, stretch_of
from dashboard.vocabulary import emotion_names
from model.emotions import Emotion
from server.languages import gettext
from server.schemas import MoodPoint

GAP_COLOUR = "#8a8a8a"
CLEAR = "rgba(0,0,0,0)"
LEAST_NAMED = 0.05
"""Bands thinner than this are too thin for their own name; the list beside names all."""
NAME_SPACING = 0.085
LEAST_WORDED, LEAST_LEVEL = 0.08, 0.5
"""Gaps wider than this part of the chart say in words what they are; the widest on a level."""


def texture(pattern: str, colour: str) -> Json:
    """Return Plotly's pattern on a colour, the same for bands and bars."""
    return {
        "shape": pattern,
        "bgcolor": colour,
        "fillmode": "replace",
        "fgcolor": "#ffffff",
        "fgopacity": 0.45,
        "size": 7,
        "solidity": 0.16,
    }


def add_river(chart: Chart, axis: str, points: Sequence[MoodPoint], *, named: bool = True) -> None:
    """Draw the bands; `named`: with their names beside the newest bucket."""
    runs = find_runs(points)
    if not runs:
        return
    layers = [_outline(chart, run) for run in runs]
    names = emotion_names()
    for number, emotion in enumerate(reversed(TOP_TO_BOTTOM)):
        edges = [(x, told[number : number + 2]) for x, told in layers]
        chart.add(_band(emotion, names[emotion], edges), axis)
    if named:
        for emotion, height in place_names(runs[-1][-1]).items():
            text = f"<span style='color:{COLOURS[emotion]}'>■</span> {names[emotion]}"
            chart.notes.append(
                {
                    "text": text, "x": 1, "xref": "paper", "xanchor": "left", "xshift": 6,
                    "y": height, "yref": axis, "showarrow": False, "name": "name",
                }
            )  # fmt: skip


def place_names(point: MoodPoint) -> dict[Emotion, float]:
    """Return the height of each name beside the river, far enough apart to be read."""
    placed: dict[Emotion, float] = {}
    if point.shares is None:
        return placed
    floor, lowest = 0.0, NAME_SPACING / 2
    for emotion in reversed(TOP_TO_BOTTOM):
        share = point.shares[emotion].share
        if share >= LEAST_NAMED:
            placed[emotion] = max(floor + share / 2, lowest)
            lowest = placed[emotion] + NAME_SPACING
        floor += share
    highest = 1 - NAME_SPACING / 2
    for emotion in reversed(list(placed)):
        placed[emotion] = min(placed[emotion], highest)
        highest = placed[emotion] - NAME_SPACING
    return placed


def add_gaps(
    chart: Chart, axis: str, gaps: Sequence[Stretch], words: str, *, worded: bool = True
) -> None:
    """Hatch where nothing is told, from the bottom to the top of a row whose axis ends at 1."""
    if not gaps:
        return
    chart.add(
        {
            "type": "bar",
            "x": [chart.at(g.middle) for g in gaps],
            "y": [1] * len(gaps),
            "width": [milliseconds(g) for g in gaps],
            "name": words,
            "marker": {"color": CLEAR, "line": {"width": 0}, "pattern": _hatch()},
            "hovertemplate": f"{words}<extra></extra>",
        },
        axis,
    )
    for gap in gaps if worded else []:
        part = gap.length / chart.stretch.length
        if part >= LEAST_WORDED:
            chart.notes.append(
                {
                    "text": words, "textangle": 0 if part >= LEAST_LEVEL else -90,
                    "x": chart.at(gap.middle), "y": 0.5, "yref": axis, "showarrow": False,
                    "name": "gap", "borderpad": 4, "bgcolor": GAP_COLOUR,
                }
            )  # fmt: skip


def add_lane(chart: Chart, axis: str, points: Sequence[MoodPoint]) -> None:
    """Draw which emotion was the most common, when."""
    told = [(stretch_of(p), find_dominant(p.shares)) for p in points if p.shares is not None]
    for emotion, name in emotion_names().items():
        won = [stretch for stretch, dominant in told if dominant is emotion]
        if won:
            colour = COLOURS[emotion]
            marker = {"color": colour, "line": {"width": 0},
                      "pattern": texture(PATTERNS[emotion], colour)}  # fmt: skip
            chart.add(
                {
                    "type": "bar",
                    "x": [chart.at(stretch.middle) for stretch in won],
                    "y": [1] * len(won),
                    "width": [milliseconds(stretch) for stretch in won],
                    "name": gettext("most: {expression}").format(expression=name),
                    "hoverinfo": "skip",
                    "marker": marker,
                },
                axis,
            )


def _outline(chart: Chart, run: Sequence[MoodPoint]) -> tuple[list[str], list[list[float]]]:
    """Return the middles of a run's buckets with both ends, and its bands' eight edges there."""
    middles = [stretch_of(p).middle for p in run]
    moments = [chart.at(m) for m in (run[0].start, *middles, stretch_of(run[-1]).end)]
    told = [p.shares for p in (run[0], *run, run[-1]) if p.shares is not None]
    edges = [[0.0] * len(moments)]
    for emotion in reversed(TOP_TO_BOTTOM):
        below = edges[-1]
        edges.append([round(y + s[emotion].share, 4) for y, s in zip(below, told, strict=True)])
    return moments, edges


def _band(
    emotion: Emotion, name: str, runs: Sequence[tuple[list[str], Sequence[list[float]]]]
) -> Json:
    """Draw one emotion of all runs as one trace: a polygon for each run, nothing in between.

    Plotly's own stacked areas can't have holes, and a trace for each run takes too long to draw
    for a class around the threshold. `runs`: the moments of each with the lower and upper edge.
    """
    x: list[str | None] = []
    y: list[float | None] = []
    shares: list[float | None] = []
    for moments, (lower, upper) in runs:
        tall = [round(high - low, 3) for low, high in zip(lower, upper, strict=True)]
        x += [*moments, *reversed(moments), None]
        y += [*upper, *reversed(lower), None]
        shares += [*tall, *reversed(tall), None]
    return {
        "type": "scatter",
        "x": x[:-1],
        "y": y[:-1],
        "customdata": shares[:-1],
        "name": name,
        "uid": str(emotion),
        "mode": "lines",
        "fill": "toself",
        "hoveron": "points",
        "line": {"width": 1, "color": COLOURS[emotion]},
        "fillcolor": COLOURS[emotion],
        "fillpattern": texture(PATTERNS[emotion], COLOURS[emotion]),
        "hovertemplate": "%{customdata:.0%}",
    }


def _hatch() -> Json:
    return {
        "shape": GAP_PATTERN,
        "fillmode": "replace",
        "fgcolor": GAP_COLOUR,
        "fgopacity": 0.55,
        "bgcolor": CLEAR,
        "size": 9,
        "solidity": 0.1,
    }
