"""The chart of a lesson on paper: vectors on one time axis, readable in grey."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from reportlab.lib.colors import HexColor

from model.palette import TOP_TO_BOTTOM
from server.languages import gettext
from server.publishing.geometry import (
    Interval,
    Point,
    Span,
    draw_answers,
    draw_curve,
    draw_river,
    draw_steps,
    find_lines,
    find_runs,
    find_ticks,
    place_names,
    span_of,
)
from server.publishing.paper.lanes import LEFT, RIGHT, draw_lanes, measure_lanes
from server.publishing.paper.lines import fit
from server.publishing.paper.pattern import Box, fill, fill_box, hatch, trace
from server.publishing.paper.sheet import BOTTOM, GROUND, INK, QUIET, Sheet
from server.publishing.writing import write_clock
from server.schemas import Report, Stretch
from server.schemas.answer_look import BOTTOM_TO_TOP
from server.vocabulary import answer_names, emotion_names, profile_title

RIVER, ROW, ALONE, HEAD = 158.0, 36.0, 130.0, 13.0
MOST_MORE = 62.0
"""The river is at most so much taller where the page has room."""
LEAST_WORDED, LEAST_LEVEL = 0.04, 0.3
GREY = "#b9b9b9"


@dataclass
class _Plot:
    """One row on the sheet: from its square of 1 to points."""

    bottom: float
    height: float

    def __call__(self, point: Point) -> Point:
        x, y = point
        return LEFT + x * (RIGHT - LEFT), self.bottom + y * self.height

    @property
    def box(self) -> Box:
        return LEFT, self.bottom, RIGHT, self.bottom + self.height


class LessonChart:
    """Draws the rows that a lesson has, from the sheet's y downwards."""

    def __init__(self, sheet: Sheet, report: Report, zone: tzinfo) -> None:
        self.sheet, self.report, self.zone = sheet, report, zone
        self.canvas = sheet.canvas
        self.span: Span = span_of(report)
        self.series: Sequence[Stretch] = report.series
        self.river = RIVER
        self._levels: list[tuple[float, float]] = []

    @property
    def height(self) -> float:
        """Return how much room the chart takes at least, in points."""
        report = self.report
        rows = (RIVER + HEAD + ROW + HEAD + 16) * report.session.camera
        rows += (ROW + HEAD) * self._has_engagement()
        answers = ROW if report.session.camera else ALONE
        rows += (answers + HEAD + 12) * self._has_answers()
        return float(measure_lanes(report) + rows + 16)

    def draw(self) -> None:
        """Draw it; the sheet's y is below it afterwards."""
        left_over = self.sheet.y - BOTTOM - self.height - 12
        self.river = RIVER + min(max(left_over, 0), MOST_MORE)
        draw_lanes(self.sheet, self.report, self.span)
        if self.report.session.camera:
            self._draw_river()
            self._draw_visible()
            if self._has_engagement():
                self._draw_engagement()
        if self._has_answers():
            self._draw_answers()
        self._draw_lines()
        self._draw_ticks()

    def _has_engagement(self) -> bool:
        return self.report.session.camera and any(s.engagement for s in self.series)

    def _has_answers(self) -> bool:
        return any(s.said for s in self.series)

    def _row(self, head: str, height: float, ticks: Sequence[tuple[float, str]]) -> _Plot:
        """Begin a row below what is drawn; ticks: where on its axis, and which words."""
        self.sheet.y -= HEAD
        self.sheet.write(LEFT, self.sheet.y + 3, fit(head, RIGHT - LEFT, 7.5), 7.5, colour=QUIET)
        self.sheet.y -= height
        plot = _Plot(self.sheet.y, height)
        self._levels.append((self.sheet.y, self.sheet.y + height))
        self.canvas.setFillColor(HexColor(GROUND))
        self.canvas.rect(LEFT, plot.bottom, RIGHT - LEFT, height, stroke=0, fill=1)
        for y, words in ticks:
            at = plot.bottom + min(max(y * height - 2.5, 0), height - 5.5)
            self.sheet.write(LEFT - 4, at, words, 7, colour=QUIET, align="right")
        return plot

    def _draw_river(self) -> None:
        plot = self._row(gettext("Share of each expression"), self.river, _PERCENT)
        for emotion, polygons in draw_river(self.span, self.series).items():
            placed = [[plot(p) for p in polygon] for polygon in polygons]
            if placed:
                fill(self.canvas, str(emotion), placed, plot.box)
                self.canvas.setStrokeColor(HexColor("#ffffff"))
                self.canvas.setLineWidth(0.6)
                self.canvas.drawPath(trace(self.canvas, placed), stroke=1, fill=0)
        self._draw_gaps(plot)
        names, last = emotion_names(), next((s for s in reversed(self.series) if s.shares), None)
        for emotion, y in place_names(last, 10 / self.river).items():
            x, middle = plot((1, y))
            fill_box(self.canvas, str(emotion), (x + 4, middle - 3, x + 11, middle + 4))
            self.sheet.write(x + 14, middle - 2.5, fit(names[emotion], 44, 7.5), 7.5)
        self._draw_key([(str(e), names[e]) for e in TOP_TO_BOTTOM])

    def _draw_gaps(self, plot: _Plot) -> None:
        words = gettext("Not enough faces to say")
        for run in find_runs(self.series, lambda s: None if s.shares else s):
            left, right = self.span.ends(run[0])[0], self.span.ends(run[-1])[1]
            (x0, y0), (x1, y1) = plot((left, 0)), plot((right, 1))
            hatch(self.canvas, (x0, y0, x1, y1), GREY)
            if right - left < LEAST_WORDED:
                continue
            self.canvas.saveState()
            self.canvas.translate((x0 + x1) / 2, (y0 + y1) / 2)
            if right - left < LEAST_LEVEL:
                self.canvas.rotate(90)
            line = fit(words, RIVER, 8)
            self.canvas.setFillColor(HexColor("#ffffff"))
            self.canvas.rect(-58, -6, 116, 12, stroke=0, fill=1)
            self.sheet.write(0, -3, line, 8, align="centre")
            self.canvas.restoreState()

    def _draw_visible(self) -> None:
        series = self.series
        enrolled = self.report.session.expected_students or 1
        top = max([enrolled, *(max(s.visible, s.present) for s in series)])
        ticks = [(0.0, "0"), (1.0, str(top))]
        plot = self._row(gettext("Students visible; dashed: present"), ROW, ticks)
        edge = [plot(p) for p in draw_steps(self.span, series, lambda s: s.visible / top)]
        area = [(edge[0][0], plot.bottom), *edge, (edge[-1][0], plot.bottom)]
        self.canvas.setFillColor(HexColor("#cfcfcf"))
        self.canvas.drawPath(trace(self.canvas, [area]), stroke=0, fill=1)
        self._draw_line([edge], INK, 0.9)
        if any(s.present for s in series):
            present = draw_steps(self.span, series, lambda s: s.present / top)
            self.canvas.setDash([3, 2])
            self._draw_line([[plot(p) for p in present]], QUIET, 0.6)
            self.canvas.setDash()

    def _draw_engagement(self) -> None:
        profile = self.report.engagement_profile
        head = gettext("Engagement profile “{title}”, version {version}").format(
            title=profile_title(profile), version=profile.version
        )
        plot = self._row(head, ROW, _PERCENT)
        for curve in draw_curve(self.span, self.series, _engagement):
            self.canvas.setFillColor(HexColor("#cfcfcf"))
            band = trace(self.canvas, [[plot(p) for p in curve.band]])
            self.canvas.drawPath(band, stroke=0, fill=1)
            self._draw_line([[plot(p) for p in curve.line]], INK, 0.9)

    def _draw_answers(self) -> None:
        head = gettext("What students say of themselves")
        plot = self._row(head, ROW if self.report.session.camera else ALONE, _PERCENT)
        names = answer_names()
        for answer, boxes in draw_answers(self.span, self.series).items():
            placed = [[plot(p) for p in box] for box in boxes]
            if placed:
                fill(self.canvas, str(answer), placed, plot.box)
        self._draw_key([(str(a), names[a]) for a in BOTTOM_TO_TOP])

    def _draw_line(self, lines: Sequence[Sequence[Point]], colour: str, width: float) -> None:
        self.canvas.setStrokeColor(HexColor(colour))
        self.canvas.setLineWidth(width)
        self.canvas.drawPath(trace(self.canvas, lines, closed=False), stroke=1, fill=0)

    def _draw_key(self, looks: Sequence[tuple[str, str]]) -> None:
        """Name the looks under a row."""
        self.sheet.y -= 12
        x = LEFT
        for key, name in looks:
            fill_box(self.canvas, key, (x, self.sheet.y, x + 8, self.sheet.y + 8))
            self.sheet.write(x + 11, self.sheet.y + 1.5, name, 7.5)
            x += 17 + self.canvas.stringWidth(name, "Roomtone", 7.5)

    def _draw_lines(self) -> None:
        """Draw through all rows where segments begin and where the mood changed."""
        wide = RIGHT - LEFT
        begins, changed = (
            [LEFT + place * wide for place in places]
            for places in find_lines(self.report, self.span)
        )
        self.canvas.setStrokeColor(HexColor("#777777"))
        self.canvas.setLineWidth(0.35)
        self.canvas.lines([(x, low, x, high) for x in begins for low, high in self._levels])
        self.canvas.setStrokeColor(HexColor(INK))
        self.canvas.setLineWidth(0.8)
        self.canvas.setDash([3, 2])
        self.canvas.lines([(x, low, x, high) for x in changed for low, high in self._levels])
        self.canvas.setDash()

    def _draw_ticks(self) -> None:
        self.sheet.y -= 14
        for tick in find_ticks(self.span, self.zone, 9):
            x = LEFT + self.span.at(tick) * (RIGHT - LEFT)
            self.sheet.write(x, self.sheet.y + 4, write_clock(tick), 7.5, align="centre")


_PERCENT = [(0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")]


def _engagement(stretch: Stretch) -> Interval | None:
    told = stretch.engagement
    return (told.low, told.engagement, told.high) if told else None
