"""The charts: moods in, Plotly figures out. Pure: no network, no clock, no state.

Text, rules and backgrounds take their colours from `assets/charts.css`, so that light and dark
need no new figure; only the emotions' own colours are in the figure.
"""

from collections.abc import Sequence
from datetime import datetime, tzinfo

import plotly.graph_objects as go

from dashboard.axes import at, head_rows, lay_out
from dashboard.palette import COLOURS, GAP_PATTERN, PATTERNS, TOP_TO_BOTTOM
from dashboard.sentence import find_dominant
from dashboard.timeline import Stretch, find_gaps, find_runs, inside, stretch_of
from model.emotions import Emotion
from server.schemas import MoodPoint

GAP_COLOUR = "#8a8a8a"
_TEXTURE = {
    "fillmode": "replace",
    "fgcolor": "#ffffff",
    "fgopacity": 0.45,
    "size": 7,
    "solidity": 0.16,
}
LEAST_LABELLED = 0.05
"""Bands thinner than this are too thin for their own name; the list beside names all."""
LABEL_SPACING = 0.085
LEAST_WORDED, LEAST_LEVEL = 0.08, 0.5
"""Gaps wider than this part of the chart say in words what they are; the widest on a level."""


def draw_mood(
    series: Sequence[MoodPoint],
    stretch: Stretch,
    *,
    started: datetime,
    of: int | None,
    zone: tzinfo,
) -> go.Figure:
    """Draw the river, the lane of the dominant emotion and the coverage, on one time axis.

    started: when the lesson began; before it nothing is missing. of: students enrolled or joined,
    None where that is not known and no coverage is drawn.
    """
    points = inside(series, stretch)
    taught = Stretch(max(stretch.start, min(started, stretch.end)), stretch.end)
    figure = go.Figure(layout=lay_out(stretch, zone, has_coverage=bool(of)))
    _add_river(figure, points, zone)
    _add_gaps(figure, find_gaps(points, taught), stretch, zone)
    _add_lane(figure, points, zone)
    if of:
        _add_coverage(figure, points, of, zone)
    for heading in head_rows(of):
        figure.add_annotation(heading)
    return figure


def draw_lesson(
    series: Sequence[MoodPoint], lesson: Stretch, shown: Stretch, zone: tzinfo
) -> go.Figure:
    """Draw the whole lesson as a thin strip; `shown` is what the large chart shows of it."""
    figure = go.Figure(layout=lay_out(lesson, zone, has_coverage=False))
    _add_river(figure, series, zone, labelled=False)
    _add_gaps(figure, find_gaps(series, lesson), lesson, zone, worded=False)
    figure.update_layout(
        margin={"l": 40, "r": 84, "t": 4, "b": 20},
        yaxis={"domain": [0, 1], "showticklabels": False, "showgrid": False},
        yaxis2={"visible": False, "domain": [0, 0.01]},
        xaxis={"nticks": 8},
    )
    if shown.length < lesson.length:
        begin, end = max(shown.start, lesson.start), min(shown.end, lesson.end)
        figure.add_shape(
            type="rect", x0=at(begin, zone), x1=at(end, zone), y0=0, y1=1,
            line={"width": 2, "color": GAP_COLOUR}, fillcolor="rgba(0,0,0,0)", name="shown",
        )  # fmt: skip
    return figure


def _add_river(
    figure: go.Figure, points: Sequence[MoodPoint], zone: tzinfo, *, labelled: bool = True
) -> None:
    runs = find_runs(points)
    if not runs:
        return
    layers = [_outline(run, zone) for run in runs]
    for number, emotion in enumerate(reversed(TOP_TO_BOTTOM)):
        figure.add_trace(_band(emotion, [(x, edges[number : number + 2]) for x, edges in layers]))
    if labelled:
        for emotion, height in place_labels(runs[-1][-1]).items():
            figure.add_annotation(
                text=f"<span style='color:{COLOURS[emotion]}'>■</span> {emotion}",
                x=1, xref="paper", xanchor="left", xshift=6, y=height, yref="y", showarrow=False,
            )  # fmt: skip


def _outline(run: Sequence[MoodPoint], zone: tzinfo) -> tuple[list[datetime], list[list[float]]]:
    """Return the middles of a run's buckets with both ends, and its bands' eight edges there."""
    middles = [stretch_of(p).middle for p in run]
    moments = [at(m, zone) for m in (run[0].start, *middles, stretch_of(run[-1]).end)]
    told = [p.shares for p in (run[0], *run, run[-1]) if p.shares is not None]
    edges = [[0.0] * len(moments)]
    for emotion in reversed(TOP_TO_BOTTOM):
        below = edges[-1]
        edges.append([y + s[emotion].share for y, s in zip(below, told, strict=True)])
    return moments, edges


def _band(
    emotion: Emotion, runs: Sequence[tuple[list[datetime], Sequence[list[float]]]]
) -> go.Scatter:
    """Draw one emotion of all runs as one trace: a polygon for each run, nothing in between.

    Plotly's own stacked areas can't have holes, and a trace for each run takes too long to draw
    for a class around the threshold. `runs`: the moments of each with the lower and upper edge.
    """
    x: list[datetime | None] = []
    y: list[float | None] = []
    shares: list[float | None] = []
    for moments, (lower, upper) in runs:
        tall = [high - low for low, high in zip(lower, upper, strict=True)]
        x += [*moments, *reversed(moments), None]
        y += [*upper, *reversed(lower), None]
        shares += [*tall, *reversed(tall), None]
    return go.Scatter(
        x=x[:-1],
        y=y[:-1],
        customdata=shares[:-1],
        name=str(emotion),
        mode="lines",
        fill="toself",
        hoveron="points",
        line={"width": 1, "color": COLOURS[emotion]},
        fillcolor=COLOURS[emotion],
        fillpattern={
            "shape": PATTERNS[emotion], "bgcolor": COLOURS[emotion], **_TEXTURE
        },
        hovertemplate="%{customdata:.0%}",
    )  # fmt: skip


def place_labels(point: MoodPoint) -> dict[Emotion, float]:
    """Return the height of each label beside the river, far enough apart to be read."""
    placed: dict[Emotion, float] = {}
    if point.shares is None:
        return placed
    floor, lowest = 0.0, LABEL_SPACING / 2
    for emotion in reversed(TOP_TO_BOTTOM):
        share = point.shares[emotion].share
        if share >= LEAST_LABELLED:
            placed[emotion] = max(floor + share / 2, lowest)
            lowest = placed[emotion] + LABEL_SPACING
        floor += share
    highest = 1 - LABEL_SPACING / 2
    for emotion in reversed(list(placed)):
        placed[emotion] = min(placed[emotion], highest)
        highest = placed[emotion] - LABEL_SPACING
    return placed


def _add_gaps(
    figure: go.Figure,
    gaps: Sequence[Stretch],
    whole: Stretch,
    zone: tzinfo,
    *,
    worded: bool = True,
) -> None:
    if not gaps:
        return
    figure.add_bar(
        x=[at(g.middle, zone) for g in gaps],
        y=[1] * len(gaps),
        width=[_milliseconds(g) for g in gaps],
        name="not enough faces",
        marker={"color": "rgba(0,0,0,0)", "line": {"width": 0}, "pattern": _hatch()},
        hovertemplate="not enough faces<extra></extra>",
    )
    for gap in gaps:
        part = gap.length / whole.length
        if worded and part >= LEAST_WORDED:
            figure.add_annotation(
                text="not enough faces",
                textangle=0 if part >= LEAST_LEVEL else -90,
                x=at(gap.middle, zone),
                y=0.5,
                showarrow=False,
                name="gap",
                borderpad=4,
                bgcolor=GAP_COLOUR,
            )


def _hatch() -> dict[str, object]:
    return {
        "shape": GAP_PATTERN,
        "fillmode": "replace",
        "fgcolor": GAP_COLOUR,
        "fgopacity": 0.55,
        "bgcolor": "rgba(0,0,0,0)",
        "size": 9,
        "solidity": 0.1,
    }


def _add_lane(figure: go.Figure, points: Sequence[MoodPoint], zone: tzinfo) -> None:
    told = [(stretch_of(p), find_dominant(p.shares)) for p in points if p.shares is not None]
    for emotion in TOP_TO_BOTTOM:
        won = [stretch for stretch, dominant in told if dominant is emotion]
        if won:
            figure.add_bar(
                x=[at(stretch.middle, zone) for stretch in won],
                y=[1] * len(won),
                width=[_milliseconds(stretch) for stretch in won],
                yaxis="y2",
                name=f"most: {emotion}",
                hoverinfo="skip",
                marker={
                    "color": COLOURS[emotion],
                    "line": {"width": 0},
                    "pattern": {
                        "shape": PATTERNS[emotion],
                        "bgcolor": COLOURS[emotion],
                        **_TEXTURE,
                    },
                },
            )


def _add_coverage(figure: go.Figure, points: Sequence[MoodPoint], of: int, zone: tzinfo) -> None:
    figure.add_bar(
        x=[at(stretch_of(p).middle, zone) for p in points],
        y=[p.visible for p in points],
        width=[_milliseconds(stretch_of(p)) for p in points],
        yaxis="y3",
        name="visible",
        hovertemplate=f"%{{y}} of {of}",
        marker={"color": "#8b9298", "line": {"width": 0}},
    )
    top = max([of, *(p.visible for p in points)])
    figure.add_hline(y=of, yref="y3", line={"width": 1, "dash": "dot", "color": GAP_COLOUR})
    figure.update_layout(yaxis3={"range": [0, top * 1.06], "tickvals": [0, of]})


def _milliseconds(stretch: Stretch) -> float:
    return stretch.length.total_seconds() * 1000
