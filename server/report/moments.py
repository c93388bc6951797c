"""What marks a lesson: markers, slides and chapters, with their times. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from server.report.material import Material
from server.schemas import MarkerKind

NEAR_SECONDS = 60.0
"""At most so far from a change is what is called near to it."""

DividedBy = Literal["slide", "chapter", "marker"]


@dataclass(frozen=True)
class Moment:
    """Something that the teacher marked or loaded. at: Unix seconds."""

    at: float
    title: str


@dataclass(frozen=True)
class Section:
    """A stretch between two moments. title: of what it begins with; empty before the first."""

    begin: float
    end: float
    kind: DividedBy
    title: str


def list_moments(material: Material) -> list[Moment]:
    """Return markers, slides and chapters by time; notes are none."""
    start = material.started_at.timestamp()
    marked = [
        Moment(one.at.timestamp(), one.label)
        for one in material.markers
        if one.kind is not MarkerKind.NOTE
    ]
    begun = [
        Moment(start + one.begins_s, one.title)
        for one in material.outline
        if one.begins_s is not None
    ]
    return sorted([*marked, *begun], key=lambda one: one.at)


def find_nearest(moments: Sequence[Moment], at: float) -> Moment | None:
    """Return what is nearest to a moment, at most `NEAR_SECONDS` away."""
    nearest = min(moments, key=lambda one: abs(one.at - at), default=None)
    return nearest if nearest and abs(nearest.at - at) <= NEAR_SECONDS else None


def divide(material: Material) -> list[Section]:
    """Return the sections of the lesson: by slides or chapters with times, else by markers.

    Of those that begin at the same moment the last one counts. None where nothing divides it.
    """
    begin, end = material.started_at.timestamp(), material.ended_at.timestamp()
    timed = [
        one for one in material.outline if one.begins_s is not None and begin + one.begins_s < end
    ]
    kind: DividedBy = "marker"
    if timed:
        kind = "chapter" if all(one.kind is MarkerKind.CHAPTER for one in timed) else "slide"
        starts = {begin + (one.begins_s or 0.0): one.title for one in timed}
    else:
        starts = {
            one.at.timestamp(): one.label
            for one in material.markers
            if one.kind in (MarkerKind.MARKER, MarkerKind.QUESTION)
        }
    inside = sorted((max(at, begin), title) for at, title in starts.items() if at < end)
    if not inside:
        return []
    if inside[0][0] > begin:
        inside.insert(0, (begin, ""))
    ends = [at for at, _ in inside[1:]] + [end]
    return [
        Section(at, until, kind, title)
        for (at, title), until in zip(inside, ends, strict=True)
        if until > at
    ]
