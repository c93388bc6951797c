"""What every kind of file comes to: titles with their times, in order. Pure."""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from server.outlines.failures import OutlineUnreadable
from server.schemas import MOST_OUTLINE_ENTRIES, MarkerKind, OutlineEntry

MOST_TITLE_CHARACTERS = 200
MOST_SECONDS = 24 * 3600
"""The latest that an entry may begin, in seconds after the session's start."""

MOST_TITLE_READ = 10_000
"""Characters of a title that are looked at; of these 200 are kept."""


@dataclass(frozen=True)
class Heading:
    """One slide or chapter of a file. begins_s: seconds after the session's start, or None."""

    title: str
    kind: MarkerKind
    begins_s: float | None


def arrange(headings: Sequence[Heading]) -> list[OutlineEntry]:
    """Return headings in the order of their times, numbered from 1.

    One without a time stays behind the one before it in the file; equal times stay as they were.
    Raises `OutlineUnreadable` where there are none, or too many.
    """
    if not headings:
        raise OutlineUnreadable("The file has no slides or chapters. Load one that has some.")
    refuse_too_many(len(headings))
    carried: list[tuple[float, Heading]] = []
    for heading in headings:
        before = carried[-1][0] if carried else -math.inf
        carried.append((before if heading.begins_s is None else heading.begins_s, heading))
    ordered = sorted(carried, key=lambda each: each[0])
    return [
        OutlineEntry(
            position=i, kind=each.kind, title=each.title, begins_s=each.begins_s, begun=False
        )
        for i, (_, each) in enumerate(ordered, start=1)
    ]


def refuse_outside(entries: Sequence[OutlineEntry], lasted_s: float) -> None:
    """Raise `OutlineUnreadable` where nothing of an outline begins within the session."""
    times = [entry.begins_s for entry in entries if entry.begins_s is not None]
    if times and min(times) > lasted_s:
        late, length = (f"{int(s) // 3600}:{int(s) // 60 % 60:02}:{int(s) % 60:02}"
                        for s in (min(times), lasted_s))  # fmt: skip
        raise OutlineUnreadable(
            f"The first entry begins {late} h after the session's start, but the session lasted "
            f"{length} h. Check that the file is of this session, and that its times of day have "
            "the right zone."
        )


def refuse_too_many(entries: int) -> None:
    """Raise `OutlineUnreadable` for more entries than an outline has."""
    if entries > MOST_OUTLINE_ENTRIES:
        raise OutlineUnreadable(
            f"The file has {entries:,} entries; an outline has {MOST_OUTLINE_ENTRIES:,} at most. "
            "Load the slides or chapters only, not a transcript."
        )


def clean_title(text: str) -> str:
    """Return a title on one line, shortened with “…”; empty where there is nothing to read."""
    spaced = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Cs") else letter
        for letter in text[:MOST_TITLE_READ]
    )
    title = " ".join(spaced.split())
    if len(title) <= MOST_TITLE_CHARACTERS:
        return title
    return title[: MOST_TITLE_CHARACTERS - 1].rstrip() + "…"


def check_seconds(seconds: float, where: str) -> float:
    """Return a time that a session can have, to the millisecond.

    where: begins the sentence, such as “Line 3”. Raises `OutlineUnreadable`.
    """
    if not 0 <= seconds <= MOST_SECONDS:
        when = "before" if seconds < 0 else "more than 24 hours after"
        raise OutlineUnreadable(
            f"{where} begins {when} the session's start. Times count from the session's start."
        )
    return round(seconds, 3)
