"""WebVTT: cues with their times, and chapters from cues. Pure.

A parser of our own, because others leave out what they can't read without saying so; this one
names the line. The form is that of https://www.w3.org/TR/webvtt1/; hours may have one digit and
fractions a comma, as some programs write them.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from server.outlines.failures import OutlineUnreadable, quote
from server.outlines.headings import Heading, check_seconds, clean_title, refuse_too_many
from server.outlines.lines import decode_text
from server.schemas import MarkerKind

ARROW = "-->"
_TIME = re.compile(r"(?:([0-9]{1,4}):)?([0-5]?[0-9]):([0-5][0-9])(?:[.,]([0-9]{1,3}))?")
_TAG = re.compile(r"<[^>]*>")
_NO_CUES = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")

Line = tuple[int, str]
"""A line's number, from 1, and its text."""


@dataclass(frozen=True)
class Cue:
    """One cue. begin_s, end_s: seconds; text: without tags; line: where its time stands."""

    begin_s: float
    end_s: float
    text: str
    line: int


def read_chapters(data: bytes) -> list[Heading]:
    """Return each cue of a WebVTT file as a chapter. Raises `OutlineUnreadable`."""
    cues = read_cues(data)
    refuse_too_many(len(cues))
    return [_chapter_of(cue) for cue in cues]


def read_cues(data: bytes) -> list[Cue]:
    """Return all cues of a WebVTT file, in the file's order. Raises `OutlineUnreadable`."""
    lines = decode_text(data).split("\n")
    if not re.match(r"WEBVTT([ \t]|$)", lines[0]):
        raise OutlineUnreadable(
            f"Line 1 is {quote(lines[0])}; a WebVTT file begins with WEBVTT. Check that this is "
            "the right file."
        )
    return [_read_cue(block) for block in _blocks(lines) if not _NO_CUES.match(block[0][1])]


def _blocks(lines: Sequence[str]) -> Iterator[list[Line]]:
    """Yield the blocks after the header: lines that stand together, without blank ones."""
    header = True
    block: list[Line] = []
    for number, line in enumerate(lines[1:], start=2):
        header = header and bool(line.strip()) and ARROW not in line
        if header:
            continue
        if line.strip():
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _read_cue(block: Sequence[Line]) -> Cue:
    times = 0 if ARROW in block[0][1] else 1
    if len(block) <= times or ARROW not in block[times][1]:
        number, line = block[0]
        raise OutlineUnreadable(
            f"Line {number}, {quote(line)}, belongs to no cue. Put a time such as "
            "00:01:30.000 --> 00:04:00.000 above a title, and a blank line between two cues."
        )
    number, line = block[times]
    begin, _, rest = line.partition(ARROW)
    begin_s = _read_time(begin.strip(), number)
    end_s = _read_time((rest.split() or [""])[0], number)
    if end_s < begin_s:
        raise OutlineUnreadable(f"Line {number}: the cue ends before it begins. Correct its times.")
    text = "\n".join(text for _, text in block[times + 1 :])
    return Cue(begin_s, end_s, html.unescape(_TAG.sub("", text)), number)


def _read_time(text: str, number: int) -> float:
    found = _TIME.fullmatch(text)
    if not found:
        raise OutlineUnreadable(
            f"Line {number}: {quote(text)} is no time. Write one such as 00:01:30.000."
        )
    hours, minutes, seconds, fraction = found.groups()
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction or 0}")


def _chapter_of(cue: Cue) -> Heading:
    title = clean_title(cue.text)
    if not title:
        raise OutlineUnreadable(f"Line {cue.line}: this cue has no title. Write one below it.")
    begins_s = check_seconds(cue.begin_s, f"Line {cue.line}")
    return Heading(title, MarkerKind.CHAPTER, begins_s)
