"""Tallies to mood. Pure arithmetic: no SQL, no web, no clock.

Every visible student weighs the same, however many frames their browser sends. A source that
shows one face is one student, so what differs between its frames is not a difference between
students. A source that shows several faces is a window: the faces of a frame are different
students. The interval is Student's t over those differences.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from model.emotions import EMOTIONS, Emotion
from server.schemas import ENOUGH_STUDENTS, MoodPoint, Share

Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]

WINDOW_FACES = 1.5
"""Mean faces a frame from which a source is a window of several students."""


@dataclass(frozen=True)
class SourceTally:
    """What one source showed in one bucket. Lives only until the bucket is folded.

    counts: `(7,)` faces per likeliest emotion; sums, squares: `(7,)` of the probabilities and of
    their squares over faces.
    """

    bucket_start: int
    network_version: str
    frames: int
    frames_with_faces: int
    faces: int
    counts: Integers
    sums: Doubles
    squares: Doubles

    @property
    def students(self) -> float:
        """How many students this source shows: mean faces over the frames with any."""
        if not self.frames_with_faces:
            return 0.0
        mean = self.faces / self.frames_with_faces
        return mean if mean >= WINDOW_FACES else 1.0


@dataclass(frozen=True)
class Tally:
    """One session and bucket, all sources together.

    visible: students visible; share_sums, share_squares: `(7,)` sums over visible students of
    each one's mean probability and of its square, from which the interval comes.
    """

    bucket_start: int
    network_version: str
    frames: int
    faces: int
    sources: int
    visible: float
    counts: Integers
    sums: Doubles
    share_sums: Doubles
    share_squares: Doubles


def fold_source(source: SourceTally) -> Tally:
    """Turn one source's tally into one that no longer says whose it is."""
    students = source.students
    share = source.sums / max(source.faces, 1)
    square = share**2 if students <= 1 else source.squares / source.faces
    return Tally(
        source.bucket_start,
        source.network_version,
        source.frames,
        source.faces,
        1,
        students,
        source.counts,
        source.sums,
        students * share,
        students * square,
    )


def add_tallies(one: Tally, other: Tally) -> Tally:
    """Add two tallies of different sources in the same bucket."""
    return Tally(
        min(one.bucket_start, other.bucket_start),
        max(one.network_version, other.network_version),
        one.frames + other.frames,
        one.faces + other.faces,
        one.sources + other.sources,
        one.visible + other.visible,
        one.counts + other.counts,
        one.sums + other.sums,
        one.share_sums + other.share_sums,
        one.share_squares + other.share_squares,
    )


def fold_sources(sources: Sequence[SourceTally]) -> Tally:
    """Fold all sources of one bucket. `sources` must not be empty."""
    return reduce(add_tallies, map(fold_source, sources))


def merge_source_buckets(buckets: Sequence[SourceTally]) -> SourceTally:
    """Join several buckets of the same source into one, as if they were one bucket."""
    return SourceTally(
        min(b.bucket_start for b in buckets),
        max(b.network_version for b in buckets),
        sum(b.frames for b in buckets),
        sum(b.frames_with_faces for b in buckets),
        sum(b.faces for b in buckets),
        np.sum([b.counts for b in buckets], axis=0),
        np.sum([b.sums for b in buckets], axis=0),
        np.sum([b.squares for b in buckets], axis=0),
    )


def describe_bucket(
    tallies: Sequence[Tally], *, start: int, seconds: int, of: int | None
) -> MoodPoint:
    """Tell the mood of a stretch of time from the tallies of its buckets.

    Students can't be told apart from one bucket to the next, so the number of students behind a
    stretch is that of its fullest bucket, never the sum. A bucket with fewer than
    `ENOUGH_STUDENTS` is told in no stretch, or it could be had by subtraction. `of` is the class
    size for coverage.
    """
    crowded = crowded_starts(tallies)
    told = [tally for tally in tallies if tally.bucket_start in crowded]
    return _describe(tallies, told, start=start, seconds=seconds, of=of)


def describe_now(
    sources: Iterable[Sequence[SourceTally]], *, start: int, seconds: int, of: int | None
) -> MoodPoint:
    """Tell the mood of the last seconds, every source once, however many buckets it is in.

    `sources` holds each source's open buckets. As in `describe_bucket`, what was seen in a bucket
    of fewer than `ENOUGH_STUDENTS` counts as visible but is not told.
    """
    sources = list(sources)
    crowded = crowded_starts([fold_source(bucket) for buckets in sources for bucket in buckets])
    kept = [[b for b in buckets if b.bucket_start in crowded] for buckets in sources]
    everyone, told = (
        [fold_sources([merge_source_buckets(buckets) for buckets in chosen if buckets])]
        if any(chosen)
        else []
        for chosen in (sources, kept)
    )
    return _describe(everyone, told, start=start, seconds=seconds, of=of)


def crowded_starts(tallies: Sequence[Tally]) -> set[int]:
    """Return the starts of the buckets with enough visible students to be told."""
    starts = {tally.bucket_start for tally in tallies}
    return {at for at in starts if _visible_at(tallies, at) >= ENOUGH_STUDENTS}


def _describe(
    tallies: Sequence[Tally], told: Sequence[Tally], *, start: int, seconds: int, of: int | None
) -> MoodPoint:
    """Tell who was visible from all `tallies`, and emotions from the `told` ones only."""
    starts = {tally.bucket_start for tally in tallies}
    visible = max((_visible_at(tallies, at) for at in starts), default=0)
    counts: Integers = sum((t.counts for t in told), np.zeros(len(EMOTIONS), np.int64))
    return MoodPoint(
        start=datetime.fromtimestamp(start, UTC),
        seconds=seconds,
        counts=dict(zip(EMOTIONS, counts.tolist(), strict=True)) if told else None,
        shares=_shares(told) if told else None,
        frames=sum(t.frames for t in tallies),
        faces=sum(t.faces for t in tallies),
        sources=max((_sources_at(tallies, at) for at in starts), default=0),
        visible=visible,
        coverage=min(visible / of, 1.0) if of else None,
        enough=bool(told),
    )


def describe_series(
    tallies: Iterable[Tally], *, bucket_seconds: int, of: int | None
) -> list[MoodPoint]:
    """Tell the mood bucket by bucket, oldest first, in buckets of `bucket_seconds`."""
    grouped: dict[int, list[Tally]] = {}
    for tally in tallies:
        start = tally.bucket_start // bucket_seconds * bucket_seconds
        grouped.setdefault(start, []).append(tally)
    return [
        describe_bucket(grouped[start], start=start, seconds=bucket_seconds, of=of)
        for start in sorted(grouped)
    ]


def _visible_at(tallies: Sequence[Tally], start: int) -> int:
    return round(sum(t.visible for t in tallies if t.bucket_start == start))


def _sources_at(tallies: Sequence[Tally], start: int) -> int:
    return sum(t.sources for t in tallies if t.bucket_start == start)


def _shares(tallies: Sequence[Tally]) -> dict[Emotion, Share]:
    """Tell shares and intervals; the fullest bucket says how many students are behind them."""
    visible = max(_visible_at(tallies, tally.bucket_start) for tally in tallies)
    weight = sum(t.visible for t in tallies)
    mean: Doubles = np.sum([t.share_sums for t in tallies], axis=0) / weight
    square: Doubles = np.sum([t.share_squares for t in tallies], axis=0) / weight
    variance = np.clip(square - mean**2, 0, None) * visible / (visible - 1)
    reach = float(stdtrit(visible - 1, 0.975)) * np.sqrt(variance / visible)
    return {
        emotion: Share(
            share=_inside(mean[i]),
            low=_inside(mean[i] - reach[i]),
            high=_inside(mean[i] + reach[i]),
        )
        for i, emotion in enumerate(EMOTIONS)
    }


def _inside(value: float) -> float:
    return round(min(max(float(value), 0.0), 1.0), 6)
