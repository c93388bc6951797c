"""A transcript from a WebVTT file: what was said and when, never by whom. Pure."""

import unicodedata
from itertools import pairwise

from server.outlines.failures import OutlineUnreadable
from server.outlines.headings import check_seconds
from server.outlines.webvtt import Cue, read_cues
from server.schemas import MOST_CUES, TranscriptCue

MOST_WORDS_CHARACTERS = 2000
"""Characters that are kept of one cue."""


def parse_transcript(data: bytes, lasted_s: float | None) -> list[TranscriptCue]:
    """Return the cues of a WebVTT file by their times; voices' names and empty cues are left out.

    lasted_s: how long the session was, or None while it runs. Cues may overlap, as two people do;
    their order must be that of their times. Raises `OutlineUnreadable`, which names the line.
    """
    if not data:
        raise OutlineUnreadable("The body is empty. Send the file itself.")
    cues = read_cues(data)
    _check_order(cues)
    said = [(cue, _clean(cue.text)) for cue in cues]
    told = [(cue, words) for cue, words in said if words]
    if not told:
        raise OutlineUnreadable("The file has no cues with words. Load a transcript that has some.")
    if len(told) > MOST_CUES:
        raise OutlineUnreadable(
            f"The file has {len(told):,} cues; a transcript has {MOST_CUES:,} at most. Join short "
            "cues into whole sentences."
        )
    _check_within(told[0][0], lasted_s)
    return [
        TranscriptCue(
            begins_s=check_seconds(cue.begin_s, f"Line {cue.line}"),
            ends_s=cue.end_s,
            words=words,
        )
        for cue, words in told
    ]


def _check_order(cues: list[Cue]) -> None:
    for before, cue in pairwise(cues):
        if cue.begin_s < before.begin_s:
            raise OutlineUnreadable(
                f"Line {cue.line}: this cue begins at {_clock(cue.begin_s)}, before the one above "
                f"it at {_clock(before.begin_s)} (line {before.line}). Put the cues in order; if "
                "two files were joined, let the second one's times go on where the first one ends."
            )


def _check_within(first: Cue, lasted_s: float | None) -> None:
    if lasted_s is not None and first.begin_s > lasted_s:
        raise OutlineUnreadable(
            f"Line {first.line}: the first cue begins at {_clock(first.begin_s)}, but the session "
            f"lasted {_clock(lasted_s)}. Times count from the session's start, not from midnight; "
            "check that this is the right file."
        )


def _clean(text: str) -> str:
    """Return words on one line, without what can't be printed."""
    plain = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text
    )
    words = " ".join(plain.split())
    most = MOST_WORDS_CHARACTERS
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"
