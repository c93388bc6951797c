"""Sheets of A4 that are filled from top to bottom: text, rules, page numbers.

Lengths are points. `y` is where the next thing goes, counted from the bottom as PDF does.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from server.languages import gettext, spoken_language
from server.publishing.paper.fonts import register_fonts, split_runs
from server.publishing.paper.lines import break_lines, fit

WIDTH, HEIGHT = A4
MARGIN: Final = 42.0
TOP: Final = HEIGHT - 48.0
BOTTOM: Final = 50.0
INNER: Final = WIDTH - 2 * MARGIN
INK, QUIET, RULE, GROUND = "#1a1a1a", "#555555", "#c8c8c8", "#f1f0ed"
LEADING: Final = 1.32
HEADING: Final = 32.0
"""What a heading takes with the space around it."""


class Sheet:
    """A PDF document being drawn.

    marked: what stands over every page, empty for nothing; close: less space between its parts.
    """

    def __init__(self, title: str, *, marked: str, pages: int, close: bool = False) -> None:
        register_fonts()
        self._written = BytesIO()
        self.canvas = Canvas(
            self._written, pagesize=A4, pageCompression=1, invariant=1, lang=spoken_language()
        )
        self.canvas.setTitle(title)
        self.canvas.setAuthor("Roomtone")
        self.canvas.setCreator("Roomtone")
        self.canvas.setSubject(gettext("Visible expressions of a class over a lesson"))
        self._title, self._marked, self._pages = title, marked, pages
        self.pad, self._above = (1.0, 7.0) if close else (3.0, 12.0)
        self.page = 0
        self.y = TOP
        self._begin_page()

    @property
    def filled(self) -> float:
        """Return what part of the last page is filled, 0 to 1."""
        part: float = (TOP - self.y) / (TOP - BOTTOM)
        return part

    def finish(self) -> bytes:
        """Return the document's bytes."""
        self.canvas.showPage()
        self.canvas.save()
        return self._written.getvalue()

    def new_page(self) -> None:
        """Go on at the top of a new page."""
        self.canvas.showPage()
        self._begin_page()

    def need(self, height: float) -> bool:
        """Begin a new page where `height` is not left on this one; tell whether one was begun."""
        if self.has_room(height):
            return False
        self.new_page()
        return True

    def has_room(self, height: float) -> bool:
        """Tell whether so much is left on this page."""
        return bool(self.y - height >= BOTTOM)

    def write(
        self,
        x: float,
        y: float,
        line: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
    ) -> None:
        """Draw one line that `break_lines` or `fit` has prepared; y is its base line."""
        runs = split_runs(line, bold=bold)
        widths = [self.canvas.stringWidth(r.letters, r.font, size) for r in runs]
        x -= {"left": 0.0, "right": 1.0, "centre": 0.5}[align] * sum(widths)
        self.canvas.setFillColor(HexColor(colour))
        for run, width in zip(runs, widths, strict=True):
            self.canvas.setFont(run.font, size)
            self.canvas.drawString(x, y, run.letters)
            x += width

    def write_block(
        self, x: float, top: float, lines: Sequence[str], size: float, *, colour: str = INK
    ) -> float:
        """Draw lines under each other; return where the next would begin."""
        for line in lines:
            top -= size * LEADING
            self.write(x, top + 0.25 * size, line, size, colour=colour)
        return top

    def paragraph(
        self,
        text: str,
        size: float = 9.5,
        *,
        bold: bool = False,
        colour: str = INK,
        most: int | None = None,
        indent: float = 0,
    ) -> None:
        """Write a text over the whole width, on to the next page where it must."""
        for line in break_lines(text, INNER - indent, size, bold=bold, most=most):
            self.need(size * LEADING)
            self.y -= size * LEADING
            self.write(MARGIN + indent, self.y + 0.25 * size, line, size, bold=bold, colour=colour)

    def heading(self, text: str, *, room: float = 60) -> None:
        """Write a heading, with room for what follows on the same page."""
        self.need(room + HEADING)
        if self.y < TOP:
            self.y -= self._above
        self.paragraph(text, 12, bold=True, most=1)
        self.y -= 3

    def rule(self, y: float, *, colour: str = RULE) -> None:
        """Draw a line over the whole width."""
        self.canvas.setStrokeColor(HexColor(colour))
        self.canvas.setLineWidth(0.5)
        self.canvas.line(MARGIN, y, WIDTH - MARGIN, y)

    def _begin_page(self) -> None:
        self.page += 1
        self.y = TOP
        self.rule(BOTTOM - 8)
        title = fit(self._title, INNER - 60, 7.5)
        self.write(MARGIN, BOTTOM - 19, title, 7.5, colour=QUIET)
        number = gettext("{page} of {pages}").format(page=self.page, pages=self._pages)
        self.write(WIDTH - MARGIN, BOTTOM - 19, number, 7.5, colour=QUIET, align="right")
        if self._marked:
            self._mark()

    def _mark(self) -> None:
        """Say over the page that nothing in it is real."""
        self.canvas.setFillColor(HexColor("#ffd75e"))
        self.canvas.rect(MARGIN, HEIGHT - 38, INNER, 16, stroke=0, fill=1)
        words = fit(self._marked, INNER - 12, 8.5, bold=True)
        self.write(MARGIN + 6, HEIGHT - 33, words, 8.5, bold=True, colour="#2b2100")
