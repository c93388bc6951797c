"""Tables on paper: as many rows as there is room for, the most telling ones, and a word on that."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from server.languages import gettext
from server.publishing.cells import Cell, Column, Moment, Swatch, Table, Told
from server.publishing.paper.lines import break_lines
from server.publishing.paper.pattern import fill_box
from server.publishing.paper.sheet import INNER, LEADING, MARGIN, QUIET, Sheet
from server.publishing.writing import write_clock

SIZE, SMALL, PAD = 7.8, 6.4, 3.0
INDENT = 6.0
"""What words keep from the figures left of them."""
WIDTHS: Final[dict[str, Sequence[float]]] = {
    "segments": (18, 40, 46, 0, 32, *[42] * 7),
    "changes": (18, 40, 62, 82, 0, 62, 96),
    "whole": (90, 50, 80),
    "said": (90, 50, 80),
    "gaps": (60, 60, 110),
    "marks": (50, 70, 0),
}
"""Widths of the columns, points; 0 takes what is left."""


class PaperTable:
    """One table to be drawn on a sheet. most: rows at most."""

    def __init__(self, sheet: Sheet, table: Table, zone: tzinfo, *, most: int) -> None:
        self.sheet, self.table, self.zone = sheet, table, zone
        given = WIDTHS[table.key]
        left = INNER - sum(given)
        self.widths = [width or left for width in given]
        self.rows = _choose(table, most)

    def draw(self, left: float = MARGIN) -> None:
        """Draw head and rows from the sheet's y downwards, over pages where it must."""
        self._draw_head(left)
        for row in self.rows:
            tall = self._height(row)
            if self.sheet.need(tall + 2):
                self._draw_head(left)
            self._draw_row(row, left, tall)
        missing = len(self.table.rows) - len(self.rows)
        if missing:
            self._say_missing(missing)

    def _say_missing(self, missing: int) -> None:
        shown = len(self.rows)
        said = say_first(shown, shown + missing)
        if self.table.telling:
            said = gettext(
                "The {shown} most telling of {number}. All stand in the report as HTML and CSV."
            ).format(shown=shown, number=shown + missing)
        self.sheet.y -= 2
        self.sheet.paragraph(said, 7.5, colour=QUIET)

    def _draw_head(self, left: float) -> None:
        heads = [
            break_lines(column.head, width - PAD, SMALL, most=3)
            for column, width in zip(self.table.columns, self.widths, strict=True)
        ]
        tall = max(map(len, heads)) * SMALL * LEADING
        self.sheet.need(tall + 30)
        self.sheet.y -= 3
        x, bottom = left, self.sheet.y - tall
        for lines, width, column in zip(heads, self.widths, self.table.columns, strict=True):
            top = bottom + len(lines) * SMALL * LEADING
            self._draw_lines(lines, x, width, top, SMALL, words=column.words)
            x += width
        self.sheet.y = bottom - 3
        self._rule(left, "#888888")

    def _height(self, row: Sequence[Cell]) -> float:
        tall = 0.0
        for cell, width, column in zip(row, self.widths, self.table.columns, strict=True):
            if isinstance(cell, Told):
                tall = max(tall, (SIZE + SMALL) * LEADING)
            else:
                lines = len(self._break(cell, width, column))
                tall = max(tall, lines * SIZE * LEADING)
        return tall + 2 * self.sheet.pad

    def _break(self, cell: Cell, width: float, column: Column) -> list[str]:
        match cell:
            case Moment(at):
                return [write_clock(at.astimezone(self.zone), seconds=True)]
            case Swatch(_, name):
                return break_lines(name, width - 16, SIZE, most=1)
            case Told(number):
                return [number]
            case str():
                room = width - PAD - INDENT * column.words
                return break_lines(cell, room, SIZE, most=3 if column.words else 1)

    def _draw_row(self, row: Sequence[Cell], left: float, tall: float) -> None:
        x, top = left, self.sheet.y - self.sheet.pad
        for cell, width, column in zip(row, self.widths, self.table.columns, strict=True):
            if isinstance(cell, Swatch):
                swatch = (x, top - 9, x + 9, top)
                fill_box(self.sheet.canvas, cell.key, swatch)
                self._draw_lines(
                    self._break(cell, width, column), x + 13, width, top, SIZE, words=True
                )
            elif isinstance(cell, Told):
                number = [f"{cell.sign} {cell.number}".strip()]
                self._draw_lines(number, x, width, top, SIZE, words=False)
                below = top - SIZE * LEADING
                self._draw_lines([cell.interval], x, width, below, SMALL, words=False, quiet=True)
            else:
                lines = self._break(cell, width, column)
                self._draw_lines(lines, x, width, top, SIZE, words=column.words)
            x += width
        self.sheet.y -= tall
        self._rule(left, "#d6d6d6")

    def _draw_lines(
        self,
        lines: Sequence[str],
        x: float,
        width: float,
        top: float,
        size: float,
        *,
        words: bool,
        quiet: bool = False,
    ) -> None:
        indent = INDENT if x > MARGIN + 1 else 0
        colour = QUIET if quiet or size == SMALL else "#1a1a1a"
        for line in lines:
            top -= size * LEADING
            at, align = (x + indent, "left") if words else (x + width - PAD, "right")
            self.sheet.write(at, top + 0.25 * size, line, size, colour=colour, align=align)

    def _rule(self, left: float, colour: str) -> None:
        canvas = self.sheet.canvas
        canvas.setStrokeColor(colour)
        canvas.setLineWidth(0.4)
        canvas.line(left, self.sheet.y, left + sum(self.widths), self.sheet.y)


def say_first(shown: int, everything: int) -> str:
    """Say that not all are shown, and where the others are."""
    return gettext(
        "The first {shown} of {number}. All stand in the report as HTML and CSV."
    ).format(shown=shown, number=everything)


def _choose(table: Table, most: int) -> list[Sequence[Cell]]:
    """Return the most telling rows in their own order, or the first ones."""
    if len(table.rows) <= most:
        return list(table.rows)
    telling = table.telling or [-n for n in range(len(table.rows))]
    best = sorted(range(len(table.rows)), key=lambda n: -telling[n])[:most]
    return [table.rows[n] for n in sorted(best)]
