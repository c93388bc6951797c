"""Charts as SVG, drawn by hand: no script, nothing to load, colours of the page's style. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 56, 120, 14, 44
STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
MOST_TICKS: Final = 6
LINE_HEIGHT: Final = 15
Point = tuple[float, float]


@dataclass(frozen=True)
class Axis:
    """One axis from `low` to `high`; `ticks` are values and words. log: powers of ten apart."""

    title: str
    low: float
    high: float
    ticks: list[tuple[float, str]]
    log: bool = False

    def place(self, value: float) -> float:
        """Return where a value lies, 0 to 1; what lies outside is at the edge."""
        value = min(max(value, self.low), self.high)
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Series:
    """One line, its points marked; `look` is a class of the style. dots: points without a line."""

    name: str
    points: Sequence[Point]
    look: str
    dots: bool = True
    line: bool = True


@dataclass(frozen=True)
class LineChart:
    """Lines over a plane; `levels` are values across with words, such as a target."""

    spoken: str
    across: Axis
    up: Axis
    series: list[Series]
    levels: list[tuple[float, str]] = field(default_factory=list)


def make_axis(title: str, high: float, *, suffix: str = "") -> Axis:
    """Return an axis from 0 with round ticks, the last of them not below `high`."""
    rough = max(high, 1e-9) / (MOST_TICKS - 1)
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * s for s in STEPS if unit * s >= rough * (1 - 1e-9))
    count = math.ceil(high / step - 1e-9) or 1
    ticks = [(step * n, f"{step * n:,.10g}{suffix}") for n in range(count + 1)]
    return Axis(title, 0.0, step * count, ticks)


def make_log_axis(title: str, low: float, high: float) -> Axis:
    """Return an axis of powers of ten with 1, 2 and 5 marked, around positive values."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    last = max(last, first + 1)
    marks = [10.0**p * m for p in range(first, last) for m in (1, 2, 5)] + [10.0**last]
    under = max((m for m in marks if m <= low), default=marks[0])
    over = min((m for m in marks if m >= high), default=marks[-1])
    inside = [m for m in marks if under <= m <= over]
    if len(inside) < 2:
        inside = [marks[0], marks[-1]]
    return Axis(title, inside[0], inside[-1], [(m, f"{m:,.10g}") for m in inside], log=True)


def draw_lines(chart: LineChart) -> str:
    """Return the chart; names stand at the ends of their lines, kept apart."""
    parts = [_axes(chart.across, chart.up)]
    for value, words in chart.levels:
        y = _y(chart.up, value)
        parts.append(f'<line class="level" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(
            f'<text class="level-words" x="{LEFT + 6}" y="{y - 4:.1f}">{escape(words)}</text>'
        )
    parts += [_draw_series(chart, series) for series in chart.series]
    parts += _names(chart)
    return _svg(chart.spoken, HEIGHT, parts)


def _draw_series(chart: LineChart, series: Series) -> str:
    placed = [(_x(chart.across, x), _y(chart.up, y)) for x, y in series.points]
    drawn = ""
    if series.line and len(placed) > 1:
        path = " ".join(f"{x},{y}" for x, y in placed)
        drawn += f'<polyline class="line {series.look}" points="{path}"/>'
    if series.dots:
        drawn += "".join(
            f'<circle class="dot {series.look}" cx="{x}" cy="{y}" r="3.5">'
            f"<title>{escape(series.name)}: {vx:,.4g}, {vy:,.4g}</title></circle>"
            for (x, y), (vx, vy) in zip(placed, series.points, strict=True)
        )
    return drawn


def _names(chart: LineChart) -> list[str]:
    ends = [(_y(chart.up, one.points[-1][1]), one) for one in chart.series if one.points]
    ends.sort(key=lambda end: end[0])
    words, free = [], float(TOP)
    for y, series in ends:
        at = max(y + 4, free)
        free = at + LINE_HEIGHT
        words.append(
            f'<text class="name {series.look}" x="{WIDTH - RIGHT + 10}" y="{at:.1f}">'
            f"{escape(series.name)}</text>"
        )
    return words


@dataclass(frozen=True)
class Bar:
    """One bar of parts that add up; `mark` is a value to compare with."""

    name: str
    parts: list[tuple[str, float]]
    total: str
    mark: float


def draw_bars(spoken: str, bars: Sequence[Bar], axis: Axis) -> str:
    """Return bars below each other, their parts in the order of the style's colours."""
    height, row, left = TOP + 46 * len(bars) + BOTTOM, 46, 10
    right = 70
    width = WIDTH - left - right

    def x(value: float) -> float:
        return round(left + axis.place(value) * width, 1)

    parts = []
    for value, words in axis.ticks:
        parts.append(
            f'<line class="grid" x1="{x(value)}" x2="{x(value)}" y1="{TOP}" '
            f'y2="{height - BOTTOM}"/>'
        )
        parts.append(
            f'<text class="tick middle" x="{x(value)}" y="{height - BOTTOM + 16}">{words}</text>'
        )
    parts.append(
        f'<text class="axis middle" x="{left + width / 2}" y="{height - 6}">'
        f"{escape(axis.title)}</text>"
    )
    for number, bar in enumerate(bars):
        top = TOP + row * number
        parts.append(f'<text class="bar-name" x="{left}" y="{top + 12}">{escape(bar.name)}</text>')
        at = 0.0
        for place, (name, value) in enumerate(bar.parts):
            parts.append(
                f'<rect class="part part-{place}" x="{x(at)}" y="{top + 17}" '
                f'width="{max(x(at + value) - x(at), 0):.1f}" height="20">'
                f"<title>{escape(name)}: {value:.2f} ms</title></rect>"
            )
            at += value
        mark = x(bar.mark)
        parts.append(
            f'<line class="mark" x1="{mark}" x2="{mark}" y1="{top + 14}" y2="{top + 40}"/>'
        )
        parts.append(
            f'<text class="bar-total" x="{x(at) + 6}" y="{top + 32}">{escape(bar.total)}</text>'
        )
    return _svg(spoken, height, parts)


def _axes(across: Axis, up: Axis) -> str:
    parts = []
    for value, words in up.ticks:
        y = _y(up, value)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text class="tick end" x="{LEFT - 8}" y="{y + 4:.1f}">{words}</text>')
    for value, words in across.ticks:
        parts.append(
            f'<text class="tick middle" x="{_x(across, value)}" y="{HEIGHT - BOTTOM + 18}">'
            f"{words}</text>"
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text class="axis middle" x="{middle}" y="{HEIGHT - 6}">{escape(across.title)}</text>'
    )
    parts.append(
        f'<text class="axis middle" transform="translate(13 {(TOP + HEIGHT - BOTTOM) / 2}) '
        f'rotate(-90)">{escape(up.title)}</text>'
    )
    return "".join(parts)


def _x(axis: Axis, value: float) -> float:
    return round(LEFT + axis.place(value) * (WIDTH - LEFT - RIGHT), 1)


def _y(axis: Axis, value: float) -> float:
    return round(HEIGHT - BOTTOM - axis.place(value) * (HEIGHT - TOP - BOTTOM), 1)


def _svg(spoken: str, height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(spoken)}. The same '
        f'follows as a table.">{"".join(parts)}</svg>'
    )
