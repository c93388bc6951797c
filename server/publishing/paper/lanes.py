"""What lies along the time axis on paper: changes, segments, marked moments and notes."""

from reportlab.lib.colors import HexColor

from server.languages import gettext
from server.publishing.geometry import Span
from server.publishing.paper.lines import fit
from server.publishing.paper.pattern import trace
from server.publishing.paper.sheet import GROUND, INK, INNER, MARGIN, QUIET, Sheet
from server.schemas import MarkerKind, Report

LEFT, RIGHT = MARGIN + 34, MARGIN + INNER - 58
"""Where the time axis begins and ends, points."""
LANE = 13.0


def measure_lanes(report: Report) -> float:
    """Return how much room the lanes take, points."""
    lanes = bool(report.changes) + bool(report.segments) + _has_marks(report)
    return lanes * (LANE + 3)


def draw_lanes(sheet: Sheet, report: Report, span: Span) -> None:
    """Draw the lanes that a lesson has; the sheet's y is below them afterwards."""
    if report.changes:
        _draw_changes(sheet, report, span)
    if report.segments:
        _draw_segments(sheet, report, span)
    if _has_marks(report):
        y = _lane(sheet, gettext("Marks"))
        for mark in [*report.markers, *report.notes]:
            _draw_mark(sheet, LEFT + span.at(mark.at) * (RIGHT - LEFT), y, mark.kind)


def _draw_changes(sheet: Sheet, report: Report, span: Span) -> None:
    y = _lane(sheet, gettext("Changes"))
    for number, change in enumerate(report.changes, start=1):
        x = LEFT + span.at(change.at) * (RIGHT - LEFT)
        sheet.canvas.setFillColor(HexColor(INK))
        sheet.canvas.circle(x, y + LANE / 2, 5.2, stroke=0, fill=1)
        sheet.write(x, y + 4, f"{number}", 6.5, bold=True, colour="#ffffff", align="centre")


def _draw_segments(sheet: Sheet, report: Report, span: Span) -> None:
    y = _lane(sheet, gettext("Segments"))
    for number, segment in enumerate(report.segments, start=1):
        left, right = (LEFT + x * (RIGHT - LEFT) for x in span.ends(segment))
        sheet.canvas.setFillColor(HexColor("#e2e1dd" if number % 2 else GROUND))
        sheet.canvas.rect(left, y, right - left, LANE, stroke=0, fill=1)
        if right - left > 12:
            words = fit(f"{number} {segment.title}", right - left - 4, 7)
            sheet.write(left + 2, y + 4, words, 7)


def _lane(sheet: Sheet, name: str) -> float:
    sheet.y -= LANE + 3
    sheet.write(RIGHT + 4, sheet.y + 4, fit(name, 62, 7.5), 7.5, colour=QUIET)
    return float(sheet.y)


def _draw_mark(sheet: Sheet, x: float, y: float, kind: MarkerKind) -> None:
    sheet.canvas.setFillColor(HexColor(QUIET))
    if kind is MarkerKind.QUESTION:
        sheet.write(x, y + 3, "?", 8, bold=True, align="centre")
    elif kind is MarkerKind.NOTE:
        sheet.canvas.rect(x - 2.5, y + 3, 5, 6, stroke=0, fill=1)
    else:
        corners = [(x - 3, y + 9), (x + 3, y + 9), (x, y + 3)]
        sheet.canvas.drawPath(trace(sheet.canvas, [corners]), stroke=0, fill=1)


def _has_marks(report: Report) -> bool:
    return bool(report.markers or report.notes)
