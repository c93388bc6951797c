"""What lies along the time axis: changes, segments, marked moments and notes. Pure."""

from collections.abc import Sequence
from html import escape

from server.languages import gettext
from server.publishing.geometry import Span, find_lines
from server.schemas import Marker, MarkerKind, Report
from server.vocabulary import kind_names, quantity_names

LINE = 24
"""Height of a line of the lane of changes, pixels: large enough to be hit by a finger."""
CLOSE = 0.055
LEAST_TITLED = 0.03
MOST_SIGNS = 80
"""More marks than this are drawn as strokes, without signs that would lie on each other."""
_SIGNS = {
    MarkerKind.QUESTION: '<text class="sign" y="13">?</text>',
    MarkerKind.NOTE: '<path d="M-4 3H4V10L1 13H-4Z"/>',
}
_STROKE = '<path d="M-4 3H4L0 11Z"/>'


def draw_changes(report: Report, span: Span) -> str:
    """Return the changes' numbers, each a link to its row in the table."""
    lines = spread_out([span.at(change.at) for change in report.changes])
    names = quantity_names()
    drawn = ""
    for number, (change, line) in enumerate(zip(report.changes, lines, strict=True), start=1):
        said = gettext("Change {number}: {what}").format(
            number=number, what=names.get(change.what, change.what)
        )
        drawn += (
            f'<svg x="{span.at(change.at):.3%}" y="{line * LINE}" overflow="visible">'
            f'<a href="#change-{number}" data-change="{number}" aria-label="{escape(said)}">'
            f'<title>{escape(said)}</title><rect x="-12" width="24" height="24"/>'
            f'<circle cy="12" r="9"/><text y="16">{number}</text></a></svg>'
        )
    height = LINE * (max(lines, default=0) + 1)
    return f'<svg class="changes" width="100%" height="{height}">{drawn}</svg>'


def draw_segments(report: Report, span: Span) -> str:
    """Return the segments as boxes with number and title, as much of it as there is room."""
    drawn = ""
    for number, segment in enumerate(report.segments, start=1):
        left, right = span.ends(segment)
        said = f"{number}  {segment.title}" if right - left >= LEAST_TITLED else ""
        drawn += (
            f'<svg x="{left:.3%}" width="{right - left:.3%}" height="24">'
            f"<title>{escape(segment.title)}</title>"
            f'<rect class="shade-{number % 2}" width="100%" height="100%"/>'
            f'<text x="5" y="16">{escape(said)}</text></svg>'
        )
    name = escape(gettext("Segments"))
    return (
        f'<svg class="segment-lane" width="100%" height="24" role="img" aria-label="{name}">'
        f"{drawn}</svg>"
    )


def draw_marks(report: Report, span: Span) -> str:
    """Return a sign for each marked moment, question and note; their words are in the tables."""
    marks = sorted([*report.markers, *report.notes], key=lambda mark: mark.at)
    name = escape(gettext("Marked moments, questions and notes"))
    if len(marks) > MOST_SIGNS:
        drawn = _draw_strokes([span.at(mark.at) for mark in marks])
    else:
        drawn = "".join(_draw_sign(mark, span) for mark in marks)
    return (
        f'<svg class="marks" width="100%" height="18" role="img" aria-label="{name}">{drawn}</svg>'
    )


def draw_lines(report: Report, span: Span) -> str:
    """Return the lines through all rows: where segments begin, and where the mood changed."""
    begins, changed = (
        "".join(f"M{place:.5f} 0V1" for place in places) for places in find_lines(report, span)
    )
    return (
        '<svg class="lines" viewBox="0 0 1 1" preserveAspectRatio="none" width="100%" '
        f'height="100%" aria-hidden="true"><path class="begin" d="{begins}"/>'
        f'<path class="changed" d="{changed}"/></svg>'
    )


def spread_out(places: Sequence[float]) -> list[int]:
    """Return on which line each sign stands, so that neighbours do not lie on each other."""
    ends: list[float] = []
    lines = []
    for place in places:
        free = next((n for n, end in enumerate(ends) if place - end >= CLOSE), len(ends))
        free = min(free, 2)
        ends[free : free + 1] = [place]
        lines.append(free)
    return lines


def has_marks(report: Report) -> bool:
    """Tell whether anything was marked or noted."""
    return bool(report.markers or report.notes)


def _draw_sign(mark: Marker, span: Span) -> str:
    kind = kind_names()[mark.kind]
    said = gettext("{kind}: {title}").format(kind=kind, title=mark.label)
    return (
        f'<svg x="{span.at(mark.at):.3%}" overflow="visible"><title>{escape(said)}</title>'
        f"{_SIGNS.get(mark.kind, _STROKE)}</svg>"
    )


def _draw_strokes(places: Sequence[float]) -> str:
    paths = "".join(f"M{place:.5f} 0V1" for place in places)
    return (
        '<svg viewBox="0 0 1 1" preserveAspectRatio="none" width="100%" height="100%">'
        f'<path class="strokes" d="{paths}"/></svg>'
    )
