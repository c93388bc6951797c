"""A report as PDF: two to four sheets of A4 that are made to be read on paper.

reportlab draws it, with pip alone: no browser and no system library.
"""

from datetime import UTC, tzinfo
from typing import Final

from server.languages import gettext, ngettext
from server.publishing.headings import answered, limits, say_in_zone, simulated_words
from server.publishing.paper.chart import LessonChart
from server.publishing.paper.fonts import is_partly_spelled, needs_readers_fonts
from server.publishing.paper.lines import fit
from server.publishing.paper.sheet import HEADING, INNER, MARGIN, QUIET, Sheet
from server.publishing.paper.tables import PaperTable, say_first
from server.publishing.tables import (
    answers_table,
    changes_table,
    facts,
    gaps_table,
    marks_table,
    segments_table,
    whole_table,
)
from server.publishing.writing import write_clock, write_day, write_length, write_zone
from server.schemas import Report

MOST_PAGES: Final = 4
ROOMS: Final = (1.0, 0.6, 0.35, 0.2)
"""What part of the rows and lines is tried until it fits on `MOST_PAGES`."""
LITTLE: Final = 0.33
"""A last sheet with less than this part of it filled is spared where closer lines spare it."""


def write(report: Report, zone: tzinfo | None = None) -> bytes:
    """Return the document; zone: of its times, the machine's own where none is given."""
    here = zone or report.session.started_at.astimezone().tzinfo or UTC
    room, pages, close = ROOMS[0], 0, False
    for room in ROOMS:
        trial = _Paper(report, here, room, pages=0)
        pages = trial.draw()
        if pages <= MOST_PAGES:
            break
    if trial.sheet.filled < LITTLE:
        fewer = _Paper(report, here, room, pages=0, close=True).draw()
        pages, close = min(pages, fewer), fewer < pages
    paper = _Paper(report, here, room, pages=pages, close=close)
    paper.draw()
    return paper.sheet.finish()


class _Paper:
    """The whole document, drawn to count its pages and once for good. close: lines stand so."""

    def __init__(
        self, report: Report, zone: tzinfo, room: float, pages: int, *, close: bool = False
    ) -> None:
        self.report, self.zone, self.room = report, zone, room
        marked = ""
        if report.session.simulated:
            short, sentence = simulated_words()
            marked = f"{short.upper()}  {sentence}"
        title = gettext("Report: {title}").format(title=report.session.title)
        self.sheet = Sheet(title, marked=marked, pages=pages, close=close)

    def draw(self) -> int:
        """Draw everything; return how many pages it took."""
        self._draw_head()
        self._draw_answers()
        chart = LessonChart(self.sheet, self.report, self.zone)
        is_first = bool(self.report.series) and self.sheet.has_room(chart.height + HEADING)
        if is_first:
            self._draw_chart(chart)
        else:
            self._draw_whole()
        self.sheet.new_page()
        if self.report.series and not is_first:
            self._draw_chart(chart)
        self._draw_tables()
        if is_first:
            self._draw_whole()
        self._draw_gaps()
        self._draw_notes()
        self._draw_marks()
        self._draw_limits()
        return self.sheet.page

    def _most(self, lines: int) -> int:
        return max(round(lines * self.room), 2)

    def _draw_head(self) -> None:
        sheet, session = self.sheet, self.report.session
        if session.course:
            sheet.paragraph(session.course, 9, colour=QUIET, most=1)
        sheet.paragraph(session.title, 17, bold=True, most=2)
        start, end = (m.astimezone(self.zone) for m in (session.started_at, session.ended_at))
        when = gettext("{day}, {start} to {end} ({length})").format(
            day=write_day(start),
            start=write_clock(start),
            end=write_clock(end),
            length=write_length((end - start).total_seconds()),
        )
        zone = gettext("Times are {zone}.").format(zone=write_zone(start))
        sheet.paragraph(f"{when}. {zone}", 9, colour=QUIET, most=2)

    def _draw_answers(self) -> None:
        sheet = self.sheet
        for section, question, said in answered(self.report):
            shown = said[: self._most(12)]
            sheet.y -= 7
            sheet.need(30)
            sheet.paragraph(question, 8.5, colour=QUIET, most=1)
            for number, statement in enumerate(shown):
                text = say_in_zone(statement, self.zone)
                first = section == "whole" and number == 0
                sheet.paragraph(text, 13 if first else 9.5, bold=first, most=3)
            more = len(said) - len(shown)
            if more:
                words = ngettext(
                    "{number} more sentence stands in the report as HTML.",
                    "{number} more sentences stand in the report as HTML.",
                    more,
                )
                sheet.paragraph(words.format(number=more), 7.5, colour=QUIET)

    def _draw_chart(self, chart: LessonChart) -> None:
        self.sheet.heading(gettext("Over the lesson"), room=chart.height)
        chart.draw()

    def _draw_tables(self) -> None:
        report, sheet = self.report, self.sheet
        for heading, table, most in (
            (gettext("Segments"), segments_table(report), 14),
            (gettext("Changes"), changes_table(report), 12),
        ):
            if table is not None:
                sheet.heading(heading)
                sheet.paragraph(table.caption, 7.5, colour=QUIET)
                PaperTable(sheet, table, self.zone, most=self._most(most)).draw()

    def _draw_gaps(self) -> None:
        gaps = gaps_table(self.report)
        if gaps is not None:
            self.sheet.heading(gaps.caption)
            PaperTable(self.sheet, gaps, self.zone, most=self._most(8)).draw()

    def _draw_whole(self) -> None:
        """Draw the lesson as a whole: shares, answers and what else there is, side by side."""
        sheet = self.sheet
        tables = [t for t in (whole_table(self.report), answers_table(self.report)) if t]
        told = facts(self.report)
        if not tables and not told:
            return
        sheet.heading(gettext("In numbers"), room=170)
        top, lowest, left = sheet.y, sheet.y, MARGIN
        for number, table in enumerate(tables):
            left = MARGIN + number * INNER / 2
            sheet.y = sheet.write_block(left, top, [table.caption], 7.5, colour=QUIET)
            PaperTable(sheet, table, self.zone, most=10).draw(left)
            lowest = min(lowest, sheet.y)
        if len(tables) == 1:
            left, sheet.y = MARGIN + INNER / 2, top
        lines = [gettext("{name}: {figure}").format(name=n, figure=figure) for n, figure in told]
        fitting = [fit(line, MARGIN + INNER - left, 8.5) for line in lines]
        sheet.y = min(lowest, sheet.write_block(left, sheet.y - 5, fitting, 8.5))

    def _draw_notes(self) -> None:
        notes = self.report.notes
        if not notes:
            return
        self.sheet.heading(ngettext("Note", "Notes", len(notes)))
        shown = notes[: self._most(10)]
        for note in shown:
            at = write_clock(note.at.astimezone(self.zone), seconds=True)
            self.sheet.need(24)
            self.sheet.paragraph(at, 7.5, colour=QUIET)
            self.sheet.paragraph(note.label, 9, most=self._most(8))
        self._say_shown(len(shown), len(notes))

    def _draw_marks(self) -> None:
        table = marks_table(self.report)
        if table is not None:
            self.sheet.heading(table.caption)
            PaperTable(self.sheet, table, self.zone, most=self._most(15)).draw()

    def _say_shown(self, shown: int, everything: int) -> None:
        if shown < everything:
            self.sheet.paragraph(say_first(shown, everything), 7.5, colour=QUIET)

    def _draw_limits(self) -> None:
        sheet, report = self.sheet, self.report
        said = limits(report)
        sheet.heading(gettext("What these numbers do not mean"), room=12 * len(said) + 30)
        for text in said:
            sheet.paragraph(f"•  {text}", 9)
        sheet.y -= 6
        made = gettext("Made {time}. Network {versions}.").format(
            time=f"{report.made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
            versions=", ".join(report.session.network_versions) or "–",
        )
        sheet.paragraph(made, 7.5, colour=QUIET)
        for sentence in _say_of_letters(report):
            sheet.paragraph(sentence, 7.5, colour=QUIET)


def _say_of_letters(report: Report) -> list[str]:
    """Return what is to be said where the teacher's words have letters that no font here has."""
    session = report.session
    words = [session.title, session.course or "", *(s.title for s in report.segments)]
    words += [mark.label for mark in (*report.notes, *report.markers)]
    everything = " ".join(words)
    said = []
    if is_partly_spelled(everything):
        said.append(gettext("Signs that this file has no letters for are named in brackets."))
    if needs_readers_fonts(everything):
        said.append(
            gettext(
                "Chinese, Japanese and Korean letters are those of your PDF reader. Where they "
                "are missing, see the report as HTML."
            )
        )
    return said
