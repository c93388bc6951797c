"""The shapes of a report's charts, for SVG and for paper. Pure.

Everything lies in a square of 1: x runs from the lesson's start to its end, y from the bottom of a
row to its top. Where nothing is told there is no shape: nothing is drawn across a gap.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final, TypeVar

from model.emotions import Emotion
from model.palette import TOP_TO_BOTTOM
from server.schemas import Report, SelfReportAnswer, Stretch
from server.schemas.answer_look import BOTTOM_TO_TOP

Point = tuple[float, float]
Polygon = list[Point]
Interval = tuple[float, float, float]
"""Low, middle, high."""
Key = TypeVar("Key", Emotion, SelfReportAnswer)

TICK_MINUTES: Final = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480)
LEAST_NAMED: Final = 0.05
"""Bands thinner than this are too thin for their own name; the tables name all."""


MOST_LINES: Final = 50
"""More lines through the rows than this would hide them."""


@dataclass(frozen=True)
class Span:
    """The lesson's time as the axis of all rows."""

    start: datetime
    seconds: float

    def at(self, moment: datetime) -> float:
        """Return where a moment lies, 0 to 1; what lies outside is at the edge."""
        return min(max((moment - self.start).total_seconds() / self.seconds, 0.0), 1.0)

    def ends(self, stretch: Stretch) -> tuple[float, float]:
        """Return where a stretch begins and ends."""
        return self.at(stretch.start), self.at(stretch.start + timedelta(seconds=stretch.seconds))


@dataclass(frozen=True)
class Curve:
    """One run of a curve: its line, and the band of its intervals around it."""

    line: Polygon
    band: Polygon


def span_of(report: Report) -> Span:
    """Return the time axis: from the session's start to the end of all that is told."""
    start = report.session.started_at
    ends = [report.session.ended_at]
    ends += [s.start + timedelta(seconds=s.seconds) for s in report.series[-1:]]
    return Span(start, max((max(ends) - start).total_seconds(), 1.0))


def find_lines(report: Report, span: Span) -> tuple[list[float], list[float]]:
    """Return where segments begin, and where the mood changed; nothing where they are too many."""
    begins = [span.ends(segment)[0] for segment in report.segments]
    changed = [span.at(change.at) for change in report.changes]
    return (
        begins if len(begins) <= MOST_LINES else [],
        changed if len(changed) <= MOST_LINES else [],
    )


def find_runs(
    series: Sequence[Stretch], told: Callable[[Stretch], object | None]
) -> list[list[Stretch]]:
    """Return the stretches of which something is told, in runs without a gap."""
    runs: list[list[Stretch]] = []
    end: datetime | None = None
    for stretch in series:
        if told(stretch) is None:
            end = None
            continue
        if stretch.start != end:
            runs.append([])
        runs[-1].append(stretch)
        end = stretch.start + timedelta(seconds=stretch.seconds)
    return runs


def draw_river(span: Span, series: Sequence[Stretch]) -> dict[Emotion, list[Polygon]]:
    """Return each emotion's bands, a polygon for each run."""
    bands: dict[Emotion, list[Polygon]] = {emotion: [] for emotion in TOP_TO_BOTTOM}
    for run in find_runs(series, lambda s: s.shares):
        xs = _moments(span, run)
        edge = [0.0] * len(xs)
        for emotion in reversed(TOP_TO_BOTTOM):
            told = [s.shares[emotion].share for s in run if s.shares]
            upper = [y + share for y, share in zip(edge, _with_ends(told), strict=True)]
            lower = list(zip(xs, edge, strict=True))
            bands[emotion].append([*zip(xs, upper, strict=True), *reversed(lower)])
            edge = upper
    return bands


def draw_curve(
    span: Span, series: Sequence[Stretch], pick: Callable[[Stretch], Interval | None]
) -> list[Curve]:
    """Return a curve with the band of its intervals, one for each run."""
    curves = []
    for run in find_runs(series, pick):
        xs = _moments(span, run)
        told = [interval for stretch in run if (interval := pick(stretch)) is not None]
        lows, middles, highs = (_with_ends(values) for values in zip(*told, strict=True))
        upper, lower = zip(xs, highs, strict=True), list(zip(xs, lows, strict=True))
        curves.append(Curve(list(zip(xs, middles, strict=True)), [*upper, *reversed(lower)]))
    return curves


def draw_steps(span: Span, series: Sequence[Stretch], value: Callable[[Stretch], float]) -> Polygon:
    """Return the upper edge of steps, one for each stretch; its values are not scaled."""
    edge: Polygon = []
    for stretch in series:
        left, right = span.ends(stretch)
        edge += [(left, value(stretch)), (right, value(stretch))]
    return edge


def draw_answers(span: Span, series: Sequence[Stretch]) -> dict[SelfReportAnswer, list[Polygon]]:
    """Return each answer's boxes, stacked from the bottom, where answers are told."""
    boxes: dict[SelfReportAnswer, list[Polygon]] = {answer: [] for answer in BOTTOM_TO_TOP}
    for stretch in series:
        if stretch.answers is None:
            continue
        left, right = span.ends(stretch)
        floor = 0.0
        for answer in BOTTOM_TO_TOP:
            top = floor + stretch.answers[answer].share
            boxes[answer].append([(left, top), (right, top), (right, floor), (left, floor)])
            floor = top
    return boxes


def place_names(stretch: Stretch | None, spacing: float) -> dict[Emotion, float]:
    """Return the height of each band's name beside a stretch, `spacing` apart at least."""
    placed: dict[Emotion, float] = {}
    if stretch is None or stretch.shares is None:
        return placed
    floor, lowest = 0.0, spacing / 2
    for emotion in reversed(TOP_TO_BOTTOM):
        share = stretch.shares[emotion].share
        if share >= LEAST_NAMED:
            placed[emotion] = max(floor + share / 2, lowest)
            lowest = placed[emotion] + spacing
        floor += share
    highest = 1 - spacing / 2
    for emotion in reversed(list(placed)):
        placed[emotion] = min(placed[emotion], highest)
        highest = placed[emotion] - spacing
    return placed


def find_ticks(span: Span, zone: tzinfo, most: int) -> list[datetime]:
    """Return at most `most` round moments of a zone's clock within the span."""
    minutes = next((m for m in TICK_MINUTES if span.seconds / 60 / m < most), 1440)
    local = span.start.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    step = timedelta(minutes=minutes)
    first = midnight + -(-(local - midnight) // step) * step
    end = span.start + timedelta(seconds=span.seconds)
    return [first + n * step for n in range(most + 1) if first + n * step <= end]


def _moments(span: Span, run: Sequence[Stretch]) -> list[float]:
    """Return the start of a run, the middles of its stretches and its end."""
    ends = [span.ends(stretch) for stretch in run]
    return [ends[0][0], *((left + right) / 2 for left, right in ends), ends[-1][1]]


def _with_ends(values: Sequence[float]) -> list[float]:
    return [values[0], *values, values[-1]]
