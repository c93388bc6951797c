"""The chart of a lesson as SVG: rows on one time axis, which stretch to any width. Pure.

Shapes are clips in the square of 1 over boxes filled with patterns, so that patterns are never
stretched; words stand at per cents of the width. No script is needed to see it.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC
from html import escape
from typing import Final

from model.emotions import Emotion
from model.palette import TOP_TO_BOTTOM
from server.languages import gettext
from server.publishing.geometry import (
    Curve,
    Polygon,
    Span,
    draw_answers,
    draw_curve,
    draw_river,
    draw_steps,
    find_runs,
    find_ticks,
    place_names,
)
from server.publishing.page.markup import draw_swatch, write_path
from server.publishing.writing import write_clock
from server.schemas import Report, Stretch
from server.schemas.answer_look import BOTTOM_TO_TOP
from server.vocabulary import answer_names, emotion_names, profile_title

RIVER_HEIGHT, ROW_HEIGHT, ALONE_HEIGHT = 220, 54, 160
LEAST_WORDED, LEAST_LEVEL = 0.06, 0.45
"""Gaps wider than this part of the chart say in words what they are; the widest on a level."""
_SQUARE: Final = 'viewBox="0 0 1 1" preserveAspectRatio="none" width="100%" height="100%"'


def draw_rows(report: Report, span: Span) -> list[str]:
    """Return the rows that a lesson has, from top to bottom, without lanes and times."""
    rows = []
    series = report.series
    if report.session.camera:
        rows.append(_river_row(report, span))
        rows.append(_visible_row(report, span))
        if any(s.engagement for s in series):
            rows.append(_engagement_row(report, span))
    if any(s.said for s in series):
        rows.append(_answers_row(report, span))
    return rows


def draw_ticks(span: Span) -> str:
    """Return the times below the last row, in UTC until the script knows better."""
    words = "".join(
        f'<text x="{span.at(tick):.3%}" y="14" data-at="{tick.isoformat()}">'
        f"{write_clock(tick)}</text>"
        for tick in find_ticks(span, UTC, 7)
    )
    return _row("", f'<svg class="ticks" width="100%" height="20">{words}</svg>')


def _river_row(report: Report, span: Span) -> str:
    series = report.series
    bands = draw_river(span, series)
    drawn = "".join(
        _fill(f"river-{e}", str(e), polygons) + _outline("edge", polygons)
        for e, polygons in bands.items()
        if polygons
    )
    curves = "".join(_emotion_curve(e, span, series) for e in TOP_TO_BOTTOM)
    name = gettext("Shares of all expressions over the lesson; the table below has the numbers")
    plot = (
        f'<svg class="river" width="100%" height="{RIVER_HEIGHT}" role="img" '
        f'aria-label="{escape(name)}"><rect class="ground" width="100%" height="100%"/>'
        f'{_gaps(span, series)}<g class="bands">{drawn}</g>{curves}</svg>'
    )
    return _row(
        gettext("Share of each expression"), plot, _percent_axis(RIVER_HEIGHT), _names(series)
    )


def _emotion_curve(emotion: Emotion, span: Span, series: Sequence[Stretch]) -> str:
    def pick(stretch: Stretch) -> tuple[float, float, float] | None:
        told = stretch.shares[emotion] if stretch.shares else None
        return (told.low, told.share, told.high) if told else None

    curves = _curves(f"curve-{emotion}", str(emotion), draw_curve(span, series, pick))
    return f'<g class="curve curve-{emotion}">{curves}</g>' if curves else ""


def _visible_row(report: Report, span: Span) -> str:
    series, enrolled = report.series, report.session.expected_students
    top = max([enrolled or 1, *(max(s.visible, s.present) for s in series)])
    ground = draw_steps(span, series, lambda s: s.visible / top)
    present = draw_steps(span, series, lambda s: s.present / top)
    area = [(ground[0][0], 0.0), *ground, (ground[-1][0], 0.0)] if ground else []
    lines = f'<path class="step" d="{write_path(ground, closed=False)}"/>' if ground else ""
    if any(s.present for s in series):
        lines += f'<path class="present" d="{write_path(present, closed=False)}"/>'
    shape = f'<path class="area" d="{write_path(area, closed=True)}"/>' if area else ""
    head = gettext("Students visible; dashed: present")
    plot = _plot(head, f"<svg {_SQUARE}>{shape}{lines}</svg>")
    return _row(head, plot, _axis([(0, "0"), (1, str(top))], ROW_HEIGHT))


def _engagement_row(report: Report, span: Span) -> str:
    def pick(stretch: Stretch) -> tuple[float, float, float] | None:
        told = stretch.engagement
        return (told.low, told.engagement, told.high) if told else None

    profile = report.engagement_profile
    head = gettext("Engagement profile “{title}”, version {version}").format(
        title=profile_title(profile), version=profile.version
    )
    drawn = _curves("engagement", "", draw_curve(span, report.series, pick))
    return _row(head, _plot(head, drawn), _percent_axis(ROW_HEIGHT))


def _answers_row(report: Report, span: Span) -> str:
    boxes, names = draw_answers(span, report.series), answer_names()
    drawn = "".join(_fill(f"answer-{a}", str(a), boxes[a]) for a in BOTTOM_TO_TOP if boxes[a])
    head = gettext("What students say of themselves")
    key = "".join(f"<li>{draw_swatch(a)}{escape(names[a])}</li>" for a in BOTTOM_TO_TOP)
    height = ROW_HEIGHT if report.session.camera else ALONE_HEIGHT
    row = _row(head, _plot(head, drawn, height), _percent_axis(height))
    return f'{row}<ul class="key">{key}</ul>'


def _row(head: str, plot: str, left: str = "", right: str = "") -> str:
    title = f'<p class="head"><span>{escape(head)}</span></p>' if head else ""
    return (
        f'{title}<div class="left">{left}</div><div class="plot">{plot}</div>'
        f'<div class="right">{right}</div>'
    )


def _plot(name: str, drawn: str, height: int = ROW_HEIGHT) -> str:
    return (
        f'<svg width="100%" height="{height}" role="img" aria-label="{escape(name)}">'
        f'<rect class="ground" width="100%" height="100%"/>{drawn}</svg>'
    )


def _fill(name: str, pattern: str, polygons: Iterable[Polygon]) -> str:
    paths = "".join(write_path(p, closed=True) for p in polygons)
    return (
        f'<clipPath id="{name}" clipPathUnits="objectBoundingBox"><path d="{paths}"/></clipPath>'
        f'<rect width="100%" height="100%" fill="url(#p-{pattern})" clip-path="url(#{name})"/>'
    )


def _outline(name: str, polygons: Iterable[Polygon]) -> str:
    paths = "".join(write_path(p, closed=True) for p in polygons)
    return f'<svg {_SQUARE}><path class="{name}" d="{paths}"/></svg>'


def _curves(name: str, pattern: str, curves: Sequence[Curve]) -> str:
    if not curves:
        return ""
    bands, lines = [c.band for c in curves], [c.line for c in curves]
    paths = "".join(write_path(line, closed=False) for line in lines)
    band = _fill(name, pattern, bands) if pattern else _outline("band", bands)
    return f'{band}<svg {_SQUARE}><path class="line" d="{paths}"/></svg>'


def _gaps(span: Span, series: Sequence[Stretch]) -> str:
    """Hatch where no emotion is told, and say so in words where there is room."""
    drawn = ""
    words = escape(gettext("Not enough faces to say"))
    for run in find_runs(series, lambda s: None if s.shares else s):
        left, right = span.ends(run[0])[0], span.ends(run[-1])[1]
        drawn += (
            f'<rect class="gap" x="{left:.3%}" width="{right - left:.3%}" height="100%" '
            f'fill="url(#p-gap)"><title>{words}</title></rect>'
        )
        if right - left >= LEAST_WORDED:
            turn = "" if right - left >= LEAST_LEVEL else ' transform="rotate(-90)"'
            drawn += (
                f'<svg x="{(left + right) / 2:.3%}" y="{RIVER_HEIGHT // 2}" overflow="visible">'
                f'<text class="gap-words"{turn} y="4">{words}</text></svg>'
            )
    return drawn


def _names(series: Sequence[Stretch]) -> str:
    last = next((s for s in reversed(series) if s.shares), None)
    names = emotion_names()
    placed = place_names(last, 18 / RIVER_HEIGHT)
    words = "".join(
        f'<text x="4" y="{(1 - y) * RIVER_HEIGHT + 4:.0f}">{escape(names[e])}</text>'
        for e, y in placed.items()
    )
    return (
        f'<svg class="names" width="100%" height="{RIVER_HEIGHT}" aria-hidden="true">{words}</svg>'
    )


def _percent_axis(height: int) -> str:
    return _axis([(0, "0 %"), (0.5, "50 %"), (1, "100 %")], height)


def _axis(ticks: Sequence[tuple[float, str]], height: int) -> str:
    words = "".join(
        f'<text x="100%" dx="-6" y="{_level(y, height):.0f}">{word}</text>' for y, word in ticks
    )
    return f'<svg class="axis" width="100%" height="{height}" aria-hidden="true">{words}</svg>'


def _level(y: float, height: int) -> float:
    return min(max((1 - y) * height + 4, 10), height - 1)
