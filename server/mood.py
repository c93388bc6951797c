"""Tallies to mood: who was visible, which shares, how sure. Pure: no SQL, no web, no clock.

`server.spread` has the intervals; `server.tally` says what a student is. What is told is kept from
saying anything of fewer than `ENOUGH_STUDENTS`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import numpy as np

from model.emotions import EMOTIONS, Emotion
from server.attendance import Attendance
from server.correction import Described, Estimators, correct_shares
from server.engagement import SHIPPED, tell_engagement
from server.memo import Memo
from server.schemas import EngagementProfile, MoodPoint, Share
from server.spread import tell_shares, tell_yes_or_no
from server.tally import (
    Integers,
    SourceTally,
    Tally,
    fold_by_bucket,
)
from server.visibility import count_sources, count_visible, crowded_keys

NO_ESTIMATORS: Estimators = {}
UNKNOWN = Attendance()
MOST_KEPT = 4096
"""Buckets whose shares are kept for the next reading."""

_SLACK = 1e-6
_Means = tuple[dict[Emotion, Share], Share | None]
_MEANS: Memo[tuple[object, int], _Means] = Memo(MOST_KEPT)


def describe_bucket(
    tallies: Sequence[Tally],
    *,
    start: int,
    seconds: int,
    attendance: Attendance = UNKNOWN,
    profile: EngagementProfile = SHIPPED,
    estimators: Estimators = NO_ESTIMATORS,
) -> MoodPoint:
    """Tell the mood of a stretch of time from the tallies of its buckets.

    Students can't be told apart from one bucket to the next, so the number of students behind a
    stretch is that of its fullest bucket, never the sum. profile: what engagement is told by;
    estimators: of the networks that know what they confuse, by version.
    """
    described = _describe_bucket(tallies, start=start, seconds=seconds, attendance=attendance)
    return finish_points([described], profile, estimators)[0]


def describe_series(
    tallies: Iterable[Tally],
    *,
    bucket_seconds: int,
    attendance: Attendance = UNKNOWN,
    profile: EngagementProfile = SHIPPED,
    estimators: Estimators = NO_ESTIMATORS,
) -> list[MoodPoint]:
    """Tell the mood bucket by bucket, oldest first, in buckets of `bucket_seconds`."""
    described = gather_series(tallies, bucket_seconds=bucket_seconds, attendance=attendance)
    return finish_points(described, profile, estimators)


def gather_now(
    by_source: Iterable[Sequence[SourceTally]],
    folded: Sequence[Tally],
    *,
    start: int,
    seconds: int,
    attendance: Attendance = UNKNOWN,
) -> Described:
    """Gather the last seconds from their buckets, as a longer bucket is.

    by_source: each source's open buckets; folded: buckets of the stretch that are folded already.
    Shares are sums of the buckets that are told. Were a source's buckets joined first, a student
    who is in one of two told buckets could be had by subtraction.
    """
    by_source = list(by_source)
    tallies = [*folded, *fold_by_bucket(by_source)]
    return _describe_bucket(
        tallies,
        sources=max(len(by_source), count_sources(folded)),
        start=start,
        seconds=seconds,
        attendance=attendance,
    )


def gather_series(
    tallies: Iterable[Tally], *, bucket_seconds: int, attendance: Attendance = UNKNOWN
) -> list[Described]:
    """Gather bucket by bucket, oldest first, in buckets of `bucket_seconds`."""
    grouped: defaultdict[int, list[Tally]] = defaultdict(list)
    for tally in tallies:
        grouped[tally.bucket_start // bucket_seconds * bucket_seconds].append(tally)
    return [
        _describe_bucket(grouped[start], start=start, seconds=bucket_seconds, attendance=attendance)
        for start in sorted(grouped)
    ]


def finish_points(
    described: Sequence[Described], profile: EngagementProfile, estimators: Estimators
) -> list[MoodPoint]:
    """Add corrected shares and what the profile says; all at once costs little more than one."""
    return [
        point.model_copy(update={"engagement": tell_engagement(point, profile)})
        for point in correct_shares(described, estimators)
    ]


def _describe_bucket(
    tallies: Sequence[Tally],
    *,
    sources: int | None = None,
    start: int,
    seconds: int,
    attendance: Attendance,
) -> Described:
    """Tell who was visible from all `tallies`, and emotions from the crowded ones only.

    sources: how many, where more is known than the tallies say.
    """
    crowded = crowded_keys(tallies)
    told = [tally for tally in tallies if tally.key in crowded]
    visible = count_visible(tallies)
    counts: Integers = sum((t.counts for t in told), np.zeros(len(EMOTIONS), np.int64))
    students = count_visible(told)
    present = attendance.count_present(start, seconds)
    shares, turned = _tell_means(told, students) if told else (None, None)
    point = MoodPoint(
        start=datetime.fromtimestamp(start, UTC),
        seconds=seconds,
        counts=dict(zip(EMOTIONS, counts.tolist(), strict=True)) if told else None,
        shares=shares,
        estimated_shares=None,
        frames=sum(t.frames for t in tallies),
        faces=sum(t.faces for t in tallies),
        sources=count_sources(tallies) if sources is None else sources,
        visible=visible,
        coverage=attendance.cover(
            visible, present, window=any(tally.kind == "window" for tally in tallies)
        ),
        present=present,
        turned=turned,
        engagement=None,
        enough=bool(told),
    )
    return Described(point, told, students)


def _tell_means(told: Sequence[Tally], students: int) -> _Means:
    """Tell shares, and whose faces are turned, as before where the sums are as before."""
    sums = tuple(
        (
            *(t.share_sums.tobytes(), t.share_squares.tobytes()),
            *(t.weight, t.posed_weight, t.turned_sum, t.turned_square),
        )
        for t in told
    )
    known = _MEANS.find((sums, students))
    if known is None:
        means = _shares(told, students), _turned(told, students)
        known = _MEANS.keep((sums, students), means)
    return known


def _shares(tallies: Sequence[Tally], students: int) -> dict[Emotion, Share]:
    """Tell shares and intervals from `students` visible at once, at least `ENOUGH_STUDENTS`."""
    weight = sum(tally.weight for tally in tallies)
    mean = np.sum([t.share_sums for t in tallies], axis=0) / weight
    square = np.sum([t.share_squares for t in tallies], axis=0) / weight
    return dict(zip(EMOTIONS, tell_shares(mean, square, students), strict=True))


def _turned(tallies: Sequence[Tally], students: int) -> Share | None:
    """Tell the share whose face is turned to the screen; None unless known of all of them."""
    if any(abs(t.posed_weight - t.weight) > _SLACK * t.weight for t in tallies):
        return None
    weight = sum(tally.posed_weight for tally in tallies)
    mean = sum(tally.turned_sum for tally in tallies) / weight
    square = sum(tally.turned_square for tally in tallies) / weight
    return tell_yes_or_no(mean, square, students)
