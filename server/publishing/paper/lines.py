"""A text broken into lines that fit a width. Pure, but for the fonts' widths."""

from server.publishing.paper.fonts import measure, spell_out
from server.publishing.paper.shaping import order_for_drawing

ELLIPSIS = "…"


def break_lines(
    text: str, width: float, size: float, *, bold: bool = False, most: int | None = None
) -> list[str]:
    """Return the lines of a text, ready to be drawn; after `most` it ends in an ellipsis.

    width, size: points. Words wider than a line are broken anywhere. A line break in the text
    begins a new line.
    """
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        lines += _break_paragraph(spell_out(paragraph), width, size, bold=bold)
        if most is not None and len(lines) > most:
            break
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], _shorten(lines[most - 1] + ELLIPSIS, width, size, bold=bold)]
    return [order_for_drawing(line) for line in lines]


def fit(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Return a text on one line, shortened to a width."""
    return break_lines(text, width, size, bold=bold, most=1)[0]


def _break_paragraph(text: str, width: float, size: float, *, bold: bool) -> list[str]:
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if measure(longer, size, bold=bold) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _chop(word, width, size, bold=bold)
        lines += full
    return [*lines, line]


def _chop(word: str, width: float, size: float, *, bold: bool) -> list[str]:
    """Return a word in pieces that fit."""
    pieces, piece = [], ""
    if measure(word, size, bold=bold) <= width:
        return [word]
    for letter in word:
        if piece and measure(piece + letter, size, bold=bold) > width:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


def _shorten(line: str, width: float, size: float, *, bold: bool) -> str:
    while len(line) > 1 and measure(line, size, bold=bold) > width:
        line = line[:-2].rstrip() + ELLIPSIS
    return line
