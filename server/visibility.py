"""How many students tallies show at once, and whether they are enough to be told. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from server.schemas import ENOUGH_STUDENTS
from server.tally import Kind, Tally


def crowded_keys(tallies: Iterable[Tally]) -> set[tuple[int, Kind]]:
    """Return the buckets and kinds of source with enough visible students to be told.

    The teacher's own window and the students who joined must each be enough: whoever knows the
    faces of the window could subtract them. A bucket that is not told by itself is told in no
    longer stretch either, or it could be had by subtraction.
    """
    visible = _visible_by_key(tallies)
    return {key for key, students in visible.items() if students >= ENOUGH_STUDENTS}


def _visible_by_key(tallies: Iterable[Tally]) -> dict[tuple[int, Kind], float]:
    """Tell how many students each bucket and kind shows; two folds may be of the same students."""
    visible: dict[tuple[int, Kind], float] = {}
    for tally in tallies:
        visible[tally.key] = max(visible.get(tally.key, 0.0), tally.visible)
    return visible


def count_visible(tallies: Iterable[Tally]) -> int:
    """Tell the students visible in the fullest bucket, all kinds together."""
    by_start: defaultdict[int, float] = defaultdict(float)
    for (start, _), students in _visible_by_key(tallies).items():
        by_start[start] += students
    return round(max(by_start.values(), default=0.0))


def count_sources(tallies: Iterable[Tally]) -> int:
    """Tell the sources of the bucket with most, all kinds together."""
    by_start: defaultdict[int, dict[Kind, int]] = defaultdict(dict)
    for tally in tallies:
        kinds = by_start[tally.bucket_start]
        kinds[tally.kind] = max(kinds.get(tally.kind, 0), tally.sources)
    return max((sum(kinds.values()) for kinds in by_start.values()), default=0)
