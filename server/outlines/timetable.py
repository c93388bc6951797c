"""CSV with columns `time,title[,kind]` as slides or chapters. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from server.outlines.failures import OutlineUnreadable, quote
from server.outlines.headings import Heading, check_seconds, clean_title
from server.outlines.lines import decode_text
from server.schemas import MarkerKind

COLUMNS = ("time", "title", "kind")

_SECONDS = re.compile(r"[0-9]{1,9}([.,][0-9]{1,9})?")
_CLOCK = re.compile(r"(?:([0-9]{1,4}):([0-5]?[0-9])|([0-9]{1,4})):([0-5][0-9](?:[.,][0-9]{1,9})?)")
_FIRST_CELL = re.compile(r'\s*(?:"[^"]*"|[0-9]+,[0-9]+(?=\s*;)|[^",;\t]*)\s*([,;\t])')
_KINDS = {"": MarkerKind.SLIDE, "slide": MarkerKind.SLIDE, "chapter": MarkerKind.CHAPTER}

Row = tuple[int, list[str]]
"""The number of a row's last line, from 1, and its cells."""


def read_timetable(data: bytes, started_at: datetime) -> list[Heading]:
    """Return each row of a CSV file as a slide or chapter. Raises `OutlineUnreadable`.

    The first line may name the columns, in any order. A comma, semicolon or tab separates cells.
    """
    rows = list(_rows(decode_text(data)))
    columns: Sequence[str] = COLUMNS
    if rows and (named := [cell.lower() for cell in rows[0][1]]) and "title" in named:
        columns = _check_columns(named, rows.pop(0)[0])
    return [_heading_of(row, columns, started_at) for row in rows]


def _rows(text: str) -> Iterator[Row]:
    """Yield the rows that have something in them."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    separator = found[1] if (found := _FIRST_CELL.match(first)) else ","
    lines = io.StringIO(text, newline="\n")
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield reader.line_num, stripped
    except csv.Error as error:
        raise OutlineUnreadable(
            f"Line {reader.line_num} is not CSV ({error}). Check its quotation marks."
        ) from None


def _check_columns(named: Sequence[str], line: int) -> Sequence[str]:
    """Return the columns as the header names them."""
    if "time" not in named or len(set(named)) < len(named) or not set(named) <= set(COLUMNS):
        told = ", ".join(quote(name) for name in named[:5])
        raise OutlineUnreadable(
            f"Line {line} names the columns {told}; they are time, title and, if you like, kind."
        )
    return named


def _heading_of(row: Row, columns: Sequence[str], started_at: datetime) -> Heading:
    line, cells = row
    where = f"Line {line}"
    if any(cells[len(columns) :]):
        raise OutlineUnreadable(
            f"{where} has {len(cells)} columns instead of {len(columns)}. Put quotation marks "
            "around a title with a comma or semicolon in it."
        )
    named = dict(zip(columns, cells, strict=False))
    title = clean_title(named.get("title", ""))
    if not title:
        raise OutlineUnreadable(f"{where} has no title. Write lines such as 1:30,Cell membranes.")
    kind = _KINDS.get(named.get("kind", "").lower())
    if kind is None:
        raise OutlineUnreadable(
            f"{where}: {quote(named['kind'])} is no kind. Write slide or chapter, or leave it "
            "out; a title with a comma needs quotation marks around it."
        )
    return Heading(title, kind, _read_time(named.get("time", ""), where, started_at))


def _read_time(text: str, where: str, started_at: datetime) -> float | None:
    """Return seconds after the session's start; None where the cell is empty."""
    if not text:
        return None
    if _SECONDS.fullmatch(text):
        return check_seconds(float(text.replace(",", ".")), where)
    if found := _CLOCK.fullmatch(text):
        hours, minutes, only_minutes, seconds = found.groups()
        whole = int(hours or 0) * 3600 + int(minutes or only_minutes) * 60
        return check_seconds(whole + float(seconds.replace(",", ".")), where)
    return check_seconds((_read_moment(text, where) - started_at).total_seconds(), where)


def _read_moment(text: str, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise OutlineUnreadable(
            f"{where}: {quote(text)} is no time. Write seconds (90), 1:30, 0:01:30, or a moment "
            "with its zone (2026-03-02T10:42:05Z)."
        ) from None
    if moment.tzinfo is None:
        raise OutlineUnreadable(
            f"{where}: {quote(text)} has no time zone. Write it as 2026-03-02T10:42:05Z or "
            "2026-03-02T11:42:05+01:00."
        )
    return moment
