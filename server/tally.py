"""Tallies: what sources showed, folded until it no longer says whose it is.

Pure arithmetic: no SQL, no web, no clock.

Every visible student weighs the same, however many frames their browser sends. A source that
shows one face is one student, so what differs between its frames is not a difference between
students. A source that shows several faces is a window: the faces of a frame are different
students.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from model.emotions import EMOTIONS

Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]

WINDOW_FACES = 1.5
"""Mean faces a frame from which a source is a window of several students."""

Kind = Literal["student", "window"]
"""Who sends: a student who joined, or the teacher's own shared window."""


def no_sums() -> Doubles:
    """Return sums that are not known: evened-out probabilities of a face sum to 1, never to 0."""
    return np.zeros(len(EMOTIONS))


@dataclass(frozen=True)
class SourceTally:
    """What one source showed in one bucket. Lives only until the bucket is folded.

    counts: `(7,)` faces per likeliest emotion; sums, squares: `(7,)` of the probabilities and of
    their squares over faces; even_sums: of the probabilities evened out (`even_out`). posed: faces
    of which it is known where they turn; turned: of these, those turned to the screen.
    """

    bucket_start: int
    kind: Kind
    network_version: str
    frames: int
    frames_with_faces: int
    faces: int
    counts: Integers
    sums: Doubles
    squares: Doubles
    even_sums: Doubles = field(default_factory=no_sums)
    posed: int = 0
    turned: int = 0

    @property
    def students(self) -> float:
        """How many students this source shows: mean faces over the frames with any."""
        if not self.frames_with_faces:
            return 0.0
        mean = self.faces / self.frames_with_faces
        return mean if mean >= WINDOW_FACES else 1.0


@dataclass(frozen=True)
class Tally:
    """One session, bucket and kind of source, all sources together.

    visible: students visible at once; weight: students behind the sums, which is more where a
    bucket was folded twice; share_sums, share_squares: `(7,)` sums over `weight` students of each
    one's mean probability and of its square, from which the interval comes; even_share_sums: of
    its mean evened-out probability, zeros where one network alone did not tell all of it.
    posed_weight: students behind `turned_sum` and `turned_square`, the sums of each one's share of
    faces turned to the screen and of its square; 0 where it is not known where they turn.
    """

    bucket_start: int
    kind: Kind
    network_version: str
    frames: int
    faces: int
    sources: int
    visible: float
    weight: float
    counts: Integers
    sums: Doubles
    share_sums: Doubles
    share_squares: Doubles
    even_share_sums: Doubles = field(default_factory=no_sums)
    posed_weight: float = 0.0
    turned_sum: float = 0.0
    turned_square: float = 0.0

    @property
    def key(self) -> tuple[int, Kind]:
        """Which bucket of which kind this is of; the least number of students is asked of each."""
        return self.bucket_start, self.kind


def fold_source(source: SourceTally) -> Tally:
    """Turn one source's tally into one that no longer says whose it is."""
    students = source.students
    share = source.sums / max(source.faces, 1)
    square = share**2 if students <= 1 else source.squares / source.faces
    turned = source.turned / max(source.posed, 1)
    posed = students if source.posed else 0.0
    return Tally(
        source.bucket_start,
        source.kind,
        source.network_version,
        source.frames,
        source.faces,
        1,
        students,
        students,
        source.counts,
        source.sums,
        students * share,
        students * square,
        students * source.even_sums / max(source.faces, 1),
        posed,
        posed * turned,
        posed * (turned**2 if students <= 1 else turned),  # a face of a window is turned or not
    )


def fold_sources(sources: Sequence[SourceTally]) -> Tally:
    """Fold different sources of one bucket and kind. `sources` must not be empty."""
    folded = [fold_source(source) for source in sources]
    together = reduce(join_folds, folded)
    return replace(
        together, sources=len(folded), visible=sum((f.visible for f in folded), start=0.0)
    )


def join_folds(one: Tally, other: Tally) -> Tally:
    """Join two folds of the same bucket and kind, which may be of the same students."""
    return Tally(
        min(one.bucket_start, other.bucket_start),
        one.kind,
        max(one.network_version, other.network_version),
        one.frames + other.frames,
        one.faces + other.faces,
        max(one.sources, other.sources),
        max(one.visible, other.visible),
        one.weight + other.weight,
        one.counts + other.counts,
        one.sums + other.sums,
        one.share_sums + other.share_sums,
        one.share_squares + other.share_squares,
        one.even_share_sums + other.even_share_sums
        if one.network_version == other.network_version
        else no_sums(),
        one.posed_weight + other.posed_weight,
        one.turned_sum + other.turned_sum,
        one.turned_square + other.turned_square,
    )


def fold_by_bucket(by_source: Iterable[Sequence[SourceTally]]) -> list[Tally]:
    """Fold every bucket of several sources, one tally per bucket and kind, oldest first.

    Each item holds one source's tallies. A source that was read by two networks in one bucket is
    one source all the same.
    """
    grouped: defaultdict[tuple[int, Kind], list[SourceTally]] = defaultdict(list)
    for tallies in by_source:
        own: defaultdict[int, list[SourceTally]] = defaultdict(list)
        for tally in tallies:
            own[tally.bucket_start].append(tally)
        for start, parts in own.items():
            grouped[start, parts[0].kind].append(merge_source_buckets(parts))
    return [fold_sources(grouped[key]) for key in sorted(grouped)]


def merge_source_buckets(buckets: Sequence[SourceTally]) -> SourceTally:
    """Join several tallies of the same source into one, as if they were one bucket."""
    if len(buckets) == 1:
        return buckets[0]
    return SourceTally(
        min(b.bucket_start for b in buckets),
        buckets[0].kind,
        max(b.network_version for b in buckets),
        sum(b.frames for b in buckets),
        sum(b.frames_with_faces for b in buckets),
        sum(b.faces for b in buckets),
        np.sum([b.counts for b in buckets], axis=0),
        np.sum([b.sums for b in buckets], axis=0),
        np.sum([b.squares for b in buckets], axis=0),
        np.sum([b.even_sums for b in buckets], axis=0)
        if len({b.network_version for b in buckets}) == 1
        else no_sums(),
        sum(b.posed for b in buckets),
        sum(b.turned for b in buckets),
    )
