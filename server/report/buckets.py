"""The lesson as arrays, a row a bucket: only what may be told, and how many were seen. Pure.

What is told respects the rule of the mood: a bucket and kind of source with fewer than
`ENOUGH_STUDENTS` visible counts nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from model.emotions import EMOTIONS
from server.tally import Doubles, Integers, Tally
from server.visibility import crowded_keys

_SLACK = 1e-6


@dataclass(frozen=True)
class Buckets:
    """Buckets with frames, oldest first; `b` of them.

    starts: `(b,)` Unix seconds; seconds: of one bucket; seen: `(b,)` students visible, told or
    not; window: `(b,)` whether a shared window was read. Of what may be told: students `(b,)`
    visible, 0 where it is not enough; weight `(b,)` students behind the sums; shares, squares,
    evened `(b, 7)`, posed, turned, turned_square `(b,)`: sums as in `Tally`. version: the one
    network that read all of it and left the sums an estimator needs, or None.
    """

    starts: Integers
    seconds: int
    seen: Doubles
    window: "np.ndarray[tuple[int], np.dtype[np.bool_]]"
    students: Doubles
    weight: Doubles
    shares: Doubles
    squares: Doubles
    evened: Doubles
    posed: Doubles
    turned: Doubles
    turned_square: Doubles
    version: str | None

    @classmethod
    def gather(cls, tallies: Sequence[Tally], seconds: int) -> Self:
        """Gather tallies of any order; those of one bucket are added up."""
        starts, rows = np.unique([t.bucket_start for t in tallies], return_inverse=True)
        crowded = crowded_keys(tallies)
        told = np.array([t.key in crowded for t in tallies], bool)

        def add(values: Doubles) -> Doubles:
            sums = np.zeros((len(starts), *values.shape[1:]))
            np.add.at(sums, rows[told], values[told])
            return sums

        numbers = _stack([(t.weight, t.posed_weight, t.turned_sum, t.turned_square)
                          for t in tallies], 4)  # fmt: skip
        sums = add(numbers)
        return cls(
            starts=starts.astype(np.int64),
            seconds=seconds,
            seen=_fullest(tallies, rows, len(starts)),
            window=_any([t.kind == "window" for t in tallies], rows, len(starts)),
            students=_fullest(
                [t for t, is_told in zip(tallies, told, strict=True) if is_told],
                rows[told],
                len(starts),
            ),
            weight=sums[:, 0],
            shares=add(_stack([t.share_sums for t in tallies], len(EMOTIONS))),
            squares=add(_stack([t.share_squares for t in tallies], len(EMOTIONS))),
            evened=add(_stack([t.even_share_sums for t in tallies], len(EMOTIONS))),
            posed=sums[:, 1],
            turned=sums[:, 2],
            turned_square=sums[:, 3],
            version=_one_version([t for t, yes in zip(tallies, told, strict=True) if yes]),
        )

    @property
    def enough(self) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """Return `(b,)` whether anything of a bucket may be told."""
        return self.weight > 0

    def between(self, begin: float, end: float) -> slice:
        """Return the buckets that begin at `begin` or later and before `end`, Unix seconds."""
        first, last = np.searchsorted(self.starts, (begin, end))
        return slice(int(first), int(last))


def _stack(values: Sequence[object], width: int) -> Doubles:
    return np.array(values, np.float64).reshape(len(values), width)


def _any(
    values: Sequence[bool], rows: Integers, count: int
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    found = np.zeros(count, bool)
    np.logical_or.at(found, rows, np.array(values, bool))
    return found


def _fullest(tallies: Sequence[Tally], rows: Integers, count: int) -> Doubles:
    """Return `(count,)` students: of each kind the most, kinds together."""
    by_kind = np.zeros((2, count))
    kinds = np.array([t.kind == "window" for t in tallies], np.int64)
    np.maximum.at(by_kind, (kinds, rows), np.array([t.visible for t in tallies], np.float64))
    both: Doubles = by_kind.sum(0)
    return both


def _one_version(told: Sequence[Tally]) -> str | None:
    versions = {tally.network_version for tally in told}
    known = all(
        abs(tally.even_share_sums.sum() - tally.weight) <= _SLACK * tally.weight for tally in told
    )
    return versions.pop() if len(versions) == 1 and known else None
