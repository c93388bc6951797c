"""The tidy table as CSV that a spreadsheet may open.

UTF-8 with a byte order mark, without which Excel takes umlauts for other letters. Words that a
spreadsheet would take for a formula get an apostrophe before them, which says: this is text.
"""

import csv
from datetime import UTC, datetime, tzinfo
from io import StringIO
from typing import Final

from server.publishing.tidy_table import COLUMNS, TEXT_COLUMNS, list_rows
from server.schemas import Report

FORMULA_BEGINNINGS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a cell a formula (OWASP, "CSV Injection"), also in full width; and control signs
that some programs skip before they look."""


def write(report: Report, _zone: tzinfo | None = None) -> bytes:
    """Return the table with its head; lines end in CR LF (RFC 4180)."""
    written = StringIO()
    lines = csv.writer(written)
    lines.writerow(COLUMNS)
    for row in list_rows(report):
        lines.writerow([_write_cell(column, row[column]) for column in COLUMNS])
    return written.getvalue().encode("utf-8-sig")


def _write_cell(column: str, value: object) -> str:
    if value is None:
        return ""
    if column in TEXT_COLUMNS:
        text = str(value).replace("\0", "")
        return f"'{text}" if text.lstrip(" ").startswith(FORMULA_BEGINNINGS) else text
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, bool):
        return str(int(value)) if column == "value" else str(value).lower()
    return repr(float(str(value))).removesuffix(".0") if column != "number" else str(value)
