"""What a report's file is called and what kind of file it is."""

import re
import unicodedata
from typing import Final

from server.schemas import Report, ReportFormat

MEDIA_TYPES: Final[dict[ReportFormat, str]] = {
    ReportFormat.JSON: "application/json",
    ReportFormat.HTML: "text/html; charset=utf-8",
    ReportFormat.PDF: "application/pdf",
    ReportFormat.CSV: "text/csv; charset=utf-8",
    ReportFormat.PARQUET: "application/vnd.apache.parquet",
}
MOST_LETTERS: Final = 60
_SPELLED: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"}
)


def file_name(report: Report, form: ReportFormat) -> str:
    """Return a name such as `roomtone-2026-03-02-biology-9b.pdf`, the day in UTC.

    Only small Latin letters, digits and hyphens, so that it may stand in a header and on any
    disk. A title without Latin letters gives the session's id instead.
    """
    session = report.session
    composed = unicodedata.normalize("NFC", session.title).lower().translate(_SPELLED)
    plain = unicodedata.normalize("NFKD", composed).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:MOST_LETTERS].strip("-")
    parts = ["roomtone", "simulated"] if session.simulated else ["roomtone"]
    parts += [f"{session.started_at:%Y-%m-%d}", words or session.session_id]
    return f"{'-'.join(parts)}.{form}"
