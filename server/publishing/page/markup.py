"""Pieces of HTML and SVG: tables, times, swatches, patterns. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Final

from model.palette import COLOURS, PATTERNS
from server.languages import gettext
from server.publishing.cells import Cell, Moment, Swatch, Table, Told
from server.publishing.geometry import Point
from server.publishing.writing import write_clock, write_day
from server.schemas.answer_look import ANSWER_COLOURS, ANSWER_PATTERNS

_STROKES: Final = {
    "": "",
    ".": '<circle cx="2" cy="2" r="1.1" fill="#fff" fill-opacity=".7"/>'
    '<circle cx="6" cy="6" r="1.1" fill="#fff" fill-opacity=".7"/>',
    "-": '<path d="M0 4H8" {line}/>',
    "|": '<path d="M4 0V8" {line}/>',
    "+": '<path d="M0 4H8M4 0V8" {line}/>',
    "\\": '<path d="M-2 -2L10 10M-2 6L2 10M6 -2L10 2" {line}/>',
    "x": '<path d="M0 0L8 8M0 8L8 0" {line}/>',
}
_LINE: Final = 'stroke="#fff" stroke-opacity=".6" stroke-width="1.1" fill="none"'
GAP: Final = (
    '<pattern id="p-gap" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<path class="hatch" d="M-2 10L10 -2M-2 2L2 -2M6 10L10 6" fill="none"/></pattern>'
)


def draw_patterns() -> str:
    """Return the patterns of all emotions and answers, to be used once in a page."""
    looks = [(str(e), COLOURS[e], PATTERNS[e]) for e in COLOURS]
    looks += [(str(a), ANSWER_COLOURS[a], ANSWER_PATTERNS[a]) for a in ANSWER_COLOURS]
    drawn = [
        f'<pattern id="p-{key}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" fill="{colour}"/>{_STROKES[shape].format(line=_LINE)}'
        "</pattern>"
        for key, colour, shape in looks
    ]
    svg = '<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    return f"{svg}{''.join(drawn)}{GAP}</defs></svg>"


def draw_swatch(key: str) -> str:
    """Return a small square in the colour and pattern of an emotion or answer."""
    return (
        '<svg class="swatch" width="14" height="14" aria-hidden="true" focusable="false">'
        f'<rect width="14" height="14" rx="3" fill="url(#p-{key})"/></svg>'
    )


def write_path(points: Sequence[Point], *, closed: bool) -> str:
    """Return an SVG path of points in the square of 1, whose y grows downwards."""
    written = "L".join(f"{_short(x)} {_short(1 - y)}" for x, y in points)
    return f"M{written}{'Z' if closed else ''}"


def write_time(moment: datetime, form: str = "hms") -> str:
    """Return a time for the script to show in the reader's zone; without it, in UTC.

    form: `hm`, `hms` or `day`.
    """
    moment = moment.astimezone(UTC)
    shown = write_day(moment) if form == "day" else write_clock(moment, seconds=form == "hms")
    return f'<time datetime="{_iso(moment)}" data-form="{form}">{escape(shown)}</time>'


def write_table(
    table: Table, row_ids: str = "", *, buttons: bool = False, quiet: bool = False
) -> str:
    """Return a table in a frame that scrolls where it is too wide.

    row_ids: what the rows' ids begin with; buttons: times lead to the moment in the chart;
    quiet: the caption, which a heading says already, is for screen readers only.
    """
    heads = "".join(
        f'<th scope="col"{_mark(column.words, "words")}>{escape(column.head)}</th>'
        for column in table.columns
    )
    rows = "".join(
        f"<tr{_row_id(row_ids, number)}>"
        + "".join(
            f"<td{_mark(column.words, 'words')}>{_write_cell(cell, buttons=buttons)}</td>"
            for column, cell in zip(table.columns, row, strict=True)
        )
        + "</tr>"
        for number, row in enumerate(table.rows, start=1)
    )
    caption = escape(table.caption)
    return (
        f'<div class="scroll" role="region" aria-label="{caption}" tabindex="0">'
        f'<table class="{table.key}"><caption{_mark(quiet, "quiet")}>{caption}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _write_cell(cell: Cell, *, buttons: bool) -> str:
    match cell:
        case Moment(at):
            time = write_time(at)
            if not buttons:
                return time
            label = escape(gettext("Show this moment in the chart"))
            look = f'type="button" class="go" title="{label}"'
            return f'<button {look} data-go="{_iso(at)}">{time}</button>'
        case Told(number, interval, sign):
            mark = f'<b class="sign">{sign}</b>' if sign else ""
            return f'{mark}{number} <span class="interval">{interval}</span>'
        case Swatch(key, name):
            return f"{draw_swatch(key)}{escape(name)}"
        case str():
            return f"<bdi>{escape(cell)}</bdi>"


def _row_id(row_ids: str, number: int) -> str:
    return f' id="{row_ids}-{number}"' if row_ids else ""


def _mark(there: object, name: str) -> str:
    return f' class="{name}"' if there else ""


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _short(number: float) -> str:
    return f"{number:.5f}".rstrip("0").rstrip(".")
