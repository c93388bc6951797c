"""What keeps one student's readings out of an export: merging, rounding, holding. Pure.

Three things together. A stretch is told only with enough observations behind it. A share is told
in steps of one student. And a told share stands until the class has left it by more than
`BAND` students: rounded by half a student at most, it can't be moved by one student who comes or
goes, however extreme that one's readings are; see ADR 11.
"""

from collections.abc import Sequence

import numpy as np

from server.schemas import EXPORT_STUDENTS
from server.tally import Doubles

BAND = 1.5
"""Students. Half a one is lost by rounding; one more may come or go."""

_SLACK = 1e-9


def merge_until_enough(observations: Sequence[float]) -> list[tuple[int, int]]:
    """Return ranges `[first, last)` of neighbours that together have enough observations.

    observations: of each stretch, of a student in a bucket that counts; 0 where nothing counts.
    What is too little is merged with what follows, else with what was before; never over a
    stretch in which nothing counts, and what stands alone between two of these is in no range.
    """
    ranges: list[tuple[int, int]] = []
    first, gathered = 0, 0.0
    for at, count in enumerate([*observations, 0.0]):
        if count > 0:
            first = first if gathered else at
            gathered += count
            if gathered >= EXPORT_STUDENTS - _SLACK:
                ranges.append((first, at + 1))
                gathered = 0.0
        elif gathered:
            if ranges and ranges[-1][1] == first:
                ranges[-1] = (ranges[-1][0], at)
            gathered = 0.0
    return ranges


def hold_shares(
    seen: Doubles,
    students: int,
    told: Sequence[Doubles],
    margin: Doubles | float = 0.0,
) -> Doubles:
    """Return the shares `(n,)`, summing to 1, to tell of `students`.

    told: what was told before; the first of them stands of which none is off by more than `BAND`
    students and the margin.
    """
    for one in told:
        if is_near(seen, one, students, margin):
            return one
    return round_shares(seen, students)


def is_near(seen: Doubles, told: Doubles, students: int, margin: Doubles | float = 0.0) -> bool:
    """Tell whether no share `(n,)` has left what was told by more than `BAND` students."""
    return bool((np.abs(seen - told) <= BAND / students + margin + _SLACK).all())


def hold_value(seen: float, students: int, told: Sequence[float], margin: float = 0.0) -> float:
    """Return one share that is told for itself, as `hold_shares` does."""
    for one in told:
        if abs(seen - one) <= BAND / students + margin + _SLACK:
            return one
    return round_value(seen, students)


def round_shares(shares: Doubles, students: int) -> Doubles:
    """Return shares as whole students that sum to `students`, by largest remainder."""
    exact = shares / shares.sum() * students
    whole = np.floor(exact + _SLACK)
    missing = round(students - float(whole.sum()))
    whole[np.argsort(-(exact - whole), kind="stable")[:missing]] += 1
    rounded: Doubles = whole / students
    return rounded


def round_value(value: float, students: int) -> float:
    """Return a share as whole students."""
    return float(np.floor(value * students + 0.5)) / students
