"""Slides and chapters from files: PowerPoint, WebVTT, CSV, JSON. Pure: knows no web and no SQL.

Imports `server.schemas` and nothing else of the server. Blocks while it parses: call it from a
thread.
"""

from collections.abc import Callable
from datetime import datetime

from server.outlines.failures import OutlineTypeUnknown, OutlineUnreadable
from server.outlines.headings import Heading, arrange
from server.outlines.listing import read_listing
from server.outlines.presentation import read_presentation
from server.outlines.timetable import read_timetable
from server.outlines.webvtt import read_chapters
from server.schemas import OutlineEntry

__all__ = [
    "JSON", "MEDIA_TYPES", "PPTX", "OutlineTypeUnknown", "OutlineUnreadable", "parse_outline"
]  # fmt: skip

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
JSON = "application/json"

_READERS: dict[str, Callable[[bytes, datetime], list[Heading]]] = {
    PPTX: lambda data, _: read_presentation(data),
    "text/vtt": lambda data, _: read_chapters(data),
    "text/csv": read_timetable,
    JSON: lambda data, _: read_listing(data),
}
MEDIA_TYPES = tuple(_READERS)
"""The media types that `parse_outline` reads."""


def parse_outline(data: bytes, media_type: str, started_at: datetime) -> list[OutlineEntry]:
    """Return the slides or chapters of a file, in order, numbered from 1.

    media_type: one of `MEDIA_TYPES`, without parameters. started_at: the session's start, with
    zone; moments of the file are told in seconds after it.
    Raises `OutlineTypeUnknown`, or `OutlineUnreadable`, which names the line and says what to do.
    """
    if media_type not in _READERS:
        raise OutlineTypeUnknown(media_type, MEDIA_TYPES)
    if not data:
        raise OutlineUnreadable("The body is empty. Send the file itself.")
    return arrange(_READERS[media_type](data, started_at))
