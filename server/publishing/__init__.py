"""What a report is written as: JSON, HTML, PDF, CSV or Parquet. Pure: a `Report` in, bytes out.

Imports `server.schemas`, `server.languages` and `model.palette`; no SQL, no web. Nothing is
written that is not in the `Report`, so that the same numbers stand in each file. Words are in the
language spoken here (`server.languages.speaking`). The libraries of a form are imported when it
is first asked for, because a server that starts needs none of them.
"""

from collections.abc import Callable
from datetime import tzinfo
from importlib import import_module
from typing import Final

from server.publishing.naming import MEDIA_TYPES, file_name
from server.schemas import Report, ReportFormat

__all__ = ["MEDIA_TYPES", "file_name", "write_report"]

WRITERS: Final = {
    ReportFormat.HTML: "page",
    ReportFormat.PDF: "paper",
    ReportFormat.CSV: "spreadsheet",
    ReportFormat.PARQUET: "parquet",
}
"""The module with `write(report, zone)` for each form but JSON."""


def write_report(report: Report, form: ReportFormat, zone: tzinfo | None = None) -> bytes:
    """Return the bytes of a file with the report.

    zone: of the times in the PDF, the machine's own where none is given. HTML shows times in its
    reader's zone; JSON, CSV and Parquet tell UTC.
    """
    if form is ReportFormat.JSON:
        return report.model_dump_json().encode()
    module = import_module(f"server.publishing.{WRITERS[form]}")
    write: Callable[[Report, tzinfo | None], bytes] = module.write
    return write(report, zone)
