"""Moments that the teacher marks, and the outline loaded beforehand: slides and chapters."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from server.schemas.wire import Wire

MOST_OUTLINE_ENTRIES = 1000

MarkerWords = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    Field(examples=["Question about osmosis"]),
]


class MarkerKind(StrEnum):
    """What a marker or an entry of the outline is."""

    MARKER = "marker"
    QUESTION = "question"
    SLIDE = "slide"
    CHAPTER = "chapter"


class NewMarker(Wire):
    """A moment to mark; now, unless `at` says another one of the lesson."""

    label: MarkerWords
    kind: MarkerKind = MarkerKind.MARKER
    at: datetime | None = Field(
        None,
        description="ISO 8601 with zone, from the session's start to its end or now.",
        examples=["2026-03-02T10:42:05Z"],
    )


class MarkerChange(Wire):
    """New words for a marker."""

    label: MarkerWords


class Marker(Wire):
    """A marked moment."""

    marker_id: str = Field(examples=["5d1c0b7e52a94c0f9c1be9a1"])
    at: datetime = Field(examples=["2026-03-02T10:42:05Z"])
    kind: MarkerKind
    label: MarkerWords


class OutlineEntry(Wire):
    """One slide or chapter. `begins_s`: seconds after the session's start; null: not yet known."""

    position: int = Field(description="From 1.", examples=[3])
    kind: MarkerKind
    title: str = Field(examples=["Cell membranes"])
    begins_s: float | None = Field(examples=[312.0])
