"""Tallies to mood: who was visible, which shares, how sure. Pure: no SQL, no web, no clock.

The interval is Student's t over the differences between students; `server.tally` says what a
student is. What is told is kept from saying anything of fewer than `ENOUGH_STUDENTS`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import numpy as np
from scipy.special import stdtrit

from model.emotions import EMOTIONS, Emotion
from server.correction import Described, Estimators, correct_shares
from server.schemas import ENOUGH_STUDENTS, MoodPoint, Share
from server.tally import (
    Doubles,
    Integers,
    Kind,
    SourceTally,
    Tally,
    fold_by_bucket,
    fold_sources,
    merge_source_buckets,
)

NO_ESTIMATORS: Estimators = {}


def describe_bucket(
    tallies: Sequence[Tally],
    *,
    start: int,
    seconds: int,
    of: int | None,
    estimators: Estimators = NO_ESTIMATORS,
) -> MoodPoint:
    """Tell the mood of a stretch of time from the tallies of its buckets.

    Students can't be told apart from one bucket to the next, so the number of students behind a
    stretch is that of its fullest bucket, never the sum. `of` is the class size for coverage;
    estimators: of the networks that know what they confuse, by version.
    """
    described = _describe_bucket(tallies, start=start, seconds=seconds, of=of)
    return correct_shares([described], estimators)[0]


def describe_now(
    by_source: Iterable[Sequence[SourceTally]],
    folded: Sequence[Tally],
    *,
    start: int,
    seconds: int,
    of: int | None,
    estimators: Estimators = NO_ESTIMATORS,
) -> MoodPoint:
    """Tell the mood of the last seconds, every source once, however many buckets it is in.

    by_source: each source's open buckets; folded: buckets of the stretch that are folded already.
    """
    by_source = list(by_source)
    tallies = [*folded, *fold_by_bucket(by_source)]
    crowded = crowded_keys(tallies)
    kept: defaultdict[Kind, list[SourceTally]] = defaultdict(list)
    for own in by_source:
        if told := [bucket for bucket in own if (bucket.bucket_start, bucket.kind) in crowded]:
            kept[told[0].kind].append(merge_source_buckets(told))
    merged = [fold_sources(sources) for sources in kept.values()]
    described = _describe(
        tallies,
        [*merged, *(tally for tally in folded if tally.key in crowded)],
        sources=max(len(by_source), _most_sources(folded)),
        start=start,
        seconds=seconds,
        of=of,
    )
    return correct_shares([described], estimators)[0]


def describe_series(
    tallies: Iterable[Tally],
    *,
    bucket_seconds: int,
    of: int | None,
    estimators: Estimators = NO_ESTIMATORS,
) -> list[MoodPoint]:
    """Tell the mood bucket by bucket, oldest first, in buckets of `bucket_seconds`."""
    grouped: defaultdict[int, list[Tally]] = defaultdict(list)
    for tally in tallies:
        grouped[tally.bucket_start // bucket_seconds * bucket_seconds].append(tally)
    described = [
        _describe_bucket(grouped[start], start=start, seconds=bucket_seconds, of=of)
        for start in sorted(grouped)
    ]
    return correct_shares(described, estimators)


def crowded_keys(tallies: Iterable[Tally]) -> set[tuple[int, Kind]]:
    """Return the buckets and kinds of source with enough visible students to be told.

    The teacher's own window and the students who joined must each be enough: whoever knows the
    faces of the window could subtract them. A bucket that is not told by itself is told in no
    longer stretch either, or it could be had by subtraction.
    """
    visible = _visible_by_key(tallies)
    return {key for key, students in visible.items() if round(students) >= ENOUGH_STUDENTS}


def _describe_bucket(
    tallies: Sequence[Tally], *, start: int, seconds: int, of: int | None
) -> Described:
    crowded = crowded_keys(tallies)
    told = [tally for tally in tallies if tally.key in crowded]
    return _describe(
        tallies, told, sources=_most_sources(tallies), start=start, seconds=seconds, of=of
    )


def _describe(
    tallies: Sequence[Tally],
    told: Sequence[Tally],
    *,
    sources: int,
    start: int,
    seconds: int,
    of: int | None,
) -> Described:
    """Tell who was visible from all `tallies`, and emotions from the `told` ones only."""
    crowded = crowded_keys(tallies)
    visible = _most_visible(tallies)
    counts: Integers = sum((t.counts for t in told), np.zeros(len(EMOTIONS), np.int64))
    students = _most_visible([tally for tally in tallies if tally.key in crowded])
    point = MoodPoint(
        start=datetime.fromtimestamp(start, UTC),
        seconds=seconds,
        counts=dict(zip(EMOTIONS, counts.tolist(), strict=True)) if told else None,
        shares=_shares(told, students) if told else None,
        estimated_shares=None,
        frames=sum(t.frames for t in tallies),
        faces=sum(t.faces for t in tallies),
        sources=sources,
        visible=visible,
        coverage=min(visible / of, 1.0) if of else None,
        present=of or 0,
        turned=None,
        engagement=None,
        enough=bool(told),
    )
    return Described(point, told, students)


def _visible_by_key(tallies: Iterable[Tally]) -> dict[tuple[int, Kind], float]:
    """Tell how many students each bucket and kind shows; two folds may be of the same students."""
    visible: dict[tuple[int, Kind], float] = {}
    for tally in tallies:
        visible[tally.key] = max(visible.get(tally.key, 0.0), tally.visible)
    return visible


def _most_visible(tallies: Iterable[Tally]) -> int:
    """Tell the students visible in the fullest bucket, all kinds together."""
    by_start: defaultdict[int, float] = defaultdict(float)
    for (start, _), students in _visible_by_key(tallies).items():
        by_start[start] += students
    return round(max(by_start.values(), default=0.0))


def _most_sources(tallies: Iterable[Tally]) -> int:
    by_start: defaultdict[int, dict[Kind, int]] = defaultdict(dict)
    for tally in tallies:
        kinds = by_start[tally.bucket_start]
        kinds[tally.kind] = max(kinds.get(tally.kind, 0), tally.sources)
    return max((sum(kinds.values()) for kinds in by_start.values()), default=0)


def _shares(tallies: Sequence[Tally], students: int) -> dict[Emotion, Share]:
    """Tell shares and intervals from `students` visible at once, at least `ENOUGH_STUDENTS`."""
    weight = sum(tally.weight for tally in tallies)
    mean: Doubles = np.sum([t.share_sums for t in tallies], axis=0) / weight
    square: Doubles = np.sum([t.share_squares for t in tallies], axis=0) / weight
    variance = np.clip(square - mean**2, 0, None) * students / (students - 1)
    reach = float(stdtrit(students - 1, 0.975)) * np.sqrt(variance / students)
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
