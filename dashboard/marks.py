"""The marks on the time axis: markers and what of the outline has begun, placed in a lane. Pure.

Places are parts of the lane's width and every name ends where the next begins, so none overlap at
any width of the screen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.timeline import Stretch
from server.schemas import Marker, MarkerKind, Mood

LEVELS = 2
NEAR = 0.04
"""Part of the lane: notes nearer to each other than this share one sign."""
ROOMY, LEAST_ROOM = 0.16, 0.05
"""Parts of the lane: what a name likes to have, and what it needs to be shown at all."""
SAME_MOMENT = timedelta(seconds=2)
"""An entry of the outline that begins by key drops a marker too; within so long they are one."""


@dataclass(frozen=True)
class Mark:
    """A moment with its words."""

    at: datetime
    kind: MarkerKind
    words: str


@dataclass(frozen=True)
class Place:
    """Where a mark's name stands: from `left`, `width` wide, parts of the lane; on which level.

    width: None where there is no room for a name, and only the line is drawn. carried: the mark
    began before what is shown, and still holds.
    """

    mark: Mark
    left: float
    width: float | None
    level: int
    carried: bool = False


@dataclass(frozen=True)
class Sign:
    """Where notes are, from `left`, a part of the lane: their words stand elsewhere."""

    left: float
    notes: tuple[Mark, ...]


def collect_marks(mood: Mood) -> list[Mark]:
    """Return markers and the entries of the outline whose time is known, by time.

    Once the teacher has begun one, the file's times of the others are a plan that nobody keeps.
    """
    begun = mood.session.started_at
    by_hand = any(e.begun for e in mood.outline)
    entries = [
        Mark(begun + timedelta(seconds=e.begins_s), e.kind, e.title)
        for e in mood.outline
        if e.begins_s is not None and (e.begun or not by_hand)
    ]
    marks = [_mark(marker) for marker in mood.markers]
    known = {(m.kind, m.words): m.at for m in marks}
    alone = [
        e
        for e in entries
        if (e.kind, e.words) not in known or abs(known[(e.kind, e.words)] - e.at) > SAME_MOMENT
    ]
    return sorted([*marks, *alone], key=lambda mark: mark.at)


def inside_marks(marks: Iterable[Mark], stretch: Stretch) -> list[Mark]:
    """Return the marks within a stretch, its end included."""
    return [mark for mark in marks if stretch.start <= mark.at <= stretch.end]


def place_notes(marks: Sequence[Mark], stretch: Stretch) -> list[Sign]:
    """Place the signs of the notes of a stretch; those too near to each other share one."""
    signs: list[Sign] = []
    for mark in inside_marks(marks, stretch):
        left = (mark.at - stretch.start) / stretch.length
        if mark.kind is not MarkerKind.NOTE:
            continue
        if signs and left - signs[-1].left < NEAR:
            signs[-1] = Sign(signs[-1].left, (*signs[-1].notes, mark))
        else:
            signs.append(Sign(left, (mark,)))
    return signs


def find_carried(marks: Iterable[Mark], stretch: Stretch) -> Mark | None:
    """Return the slide or chapter that began last before a stretch, and holds at its start."""
    chapters = (MarkerKind.SLIDE, MarkerKind.CHAPTER)
    before = [m for m in marks if m.at < stretch.start and m.kind in chapters]
    return before[-1] if before else None


def place_marks(marks: Sequence[Mark], stretch: Stretch) -> list[Place]:
    """Place the names of the marks of a stretch, and of the slide carried into it; no notes."""
    marks = [mark for mark in marks if mark.kind is not MarkerKind.NOTE]
    carried = find_carried(marks, stretch)
    shown = [(0.0, carried, True)] if carried else []
    shown += [
        ((m.at - stretch.start) / stretch.length, m, False) for m in inside_marks(marks, stretch)
    ]
    levels: list[list[int]] = [[] for _ in range(LEVELS)]
    for number, (left, _, _) in enumerate(shown):
        free = [left - shown[level[-1]][0] if level else 1.0 for level in levels]
        roomy = [n for n, room in enumerate(free) if room >= ROOMY]
        chosen = roomy[0] if roomy else max(range(LEVELS), key=lambda n: free[n])
        if free[chosen] >= LEAST_ROOM:
            levels[chosen].append(number)
    return _place(shown, levels)


def _place(
    shown: Sequence[tuple[float, Mark, bool]], levels: Sequence[Sequence[int]]
) -> list[Place]:
    level_of = {number: n for n, level in enumerate(levels) for number in level}
    ends = {
        number: shown[following][0] if following is not None else 1.0
        for level in levels
        for number, following in zip(level, [*level[1:], None], strict=False)
    }
    return [
        Place(mark, left, ends[n] - left if n in ends else None, level_of.get(n, 0), carried)
        for n, (left, mark, carried) in enumerate(shown)
    ]


def _mark(marker: Marker) -> Mark:
    return Mark(marker.at, marker.kind, marker.label)
