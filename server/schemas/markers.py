"""Moments that the teacher marks, and the outline loaded beforehand: slides and chapters."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from server.schemas.wire import Wire

MOST_OUTLINE_ENTRIES = 1000

MOST_MARKER_LETTERS, MOST_NOTE_LETTERS = 200, 2000

MarkerWords = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_NOTE_LETTERS),
    Field(
        description=f"At most {MOST_MARKER_LETTERS} characters; a note may have more.",
        examples=["Question about osmosis"],
    ),
]


class MarkerKind(StrEnum):
    """What a marker or an entry of the outline is. A note is the teacher's, on a moment."""

    MARKER = "marker"
    QUESTION = "question"
    SLIDE = "slide"
    CHAPTER = "chapter"
    NOTE = "note"


def refuse_long_words(label: str, kind: MarkerKind) -> None:
    """Refuse words too long for the chart. Raises `ValueError`."""
    if kind is not MarkerKind.NOTE and len(label) > MOST_MARKER_LETTERS:
        raise ValueError(
            f"a {kind} has at most {MOST_MARKER_LETTERS} characters; longer words are a note"
        )


class NewMarker(Wire):
    """A moment to mark; now, unless `at` says another one of the lesson."""

    label: MarkerWords
    kind: MarkerKind = MarkerKind.MARKER
    at: AwareDatetime | None = Field(
        None,
        description="ISO 8601 with zone, from the session's start to its end or now.",
        examples=["2026-03-02T10:42:05Z"],
    )

    @model_validator(mode="after")
    def _words_fit(self) -> Self:
        refuse_long_words(self.label, self.kind)
        return self


class MarkerChange(Wire):
    """New words for a marker."""

    label: MarkerWords


class Marker(Wire):
    """A marked moment."""

    marker_id: str = Field(examples=["5d1c0b7e52a94c0f9c1be9a1"])
    at: datetime = Field(examples=["2026-03-02T10:42:05Z"])
    kind: MarkerKind
    label: MarkerWords


class NewOutlineEntry(Wire):
    """One slide or chapter to load as JSON. What `GET …/outline` answers can be sent back."""

    title: str = Field(
        description="On one line; longer than 200 characters, it is shortened with “…”.",
        examples=["Cell membranes"],
    )
    kind: Literal[MarkerKind.SLIDE, MarkerKind.CHAPTER] = MarkerKind.SLIDE
    begins_s: float | None = Field(
        None,
        allow_inf_nan=False,
        description="Seconds after the session's start, up to 24 hours; null where not yet known.",
        examples=[312.0],
    )
    position: int | None = Field(
        None, description="Not looked at: times give the order, then the list.", examples=[3]
    )
    begun: bool = Field(default=False, description="Not looked at.", examples=[False])


class OutlineEntry(Wire):
    """One slide or chapter of a session."""

    position: int = Field(description="From 1.", examples=[3])
    kind: MarkerKind
    title: str = Field(examples=["Cell membranes"])
    begins_s: float | None = Field(
        description="Seconds after the session's start; null where not yet known.", examples=[312.0]
    )
    begun: bool = Field(
        description="The teacher began it then; else `begins_s` is what the file says.",
        examples=[True],
    )
