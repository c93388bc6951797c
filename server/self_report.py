"""What students say of themselves: counted answers to what is told. Pure: no SQL, web or clock.

The rule of the emotions holds here, too: a bucket in which fewer than `ENOUGH_STUDENTS` said
something is told in no longer stretch, and not in “now” either.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from server.schemas import (
    ENOUGH_STUDENTS,
    SELF_REPORT_SECONDS,
    SelfReportAnswer,
    SelfReportPoint,
)
from server.spread import tell_answers

OwnAnswers = Mapping[int, SelfReportAnswer]
"""One source's answers by the starts of their buckets, unix seconds."""


@dataclass(frozen=True)
class CountedAnswers:
    """The answers of one bucket, each student's latest; it does not say whose."""

    bucket_start: int
    counts: Counter[SelfReportAnswer]

    @property
    def said(self) -> int:
        """How many students said something."""
        return self.counts.total()


def count_answers(by_source: Iterable[OwnAnswers]) -> list[CountedAnswers]:
    """Count the answers of several sources, oldest bucket first."""
    counted: defaultdict[int, Counter[SelfReportAnswer]] = defaultdict(Counter)
    for own in by_source:
        for start, answer in own.items():
            counted[start][answer] += 1
    return [CountedAnswers(start, counted[start]) for start in sorted(counted)]


def tell_series(buckets: Iterable[CountedAnswers], *, seconds: int) -> list[SelfReportPoint]:
    """Tell bucket by bucket, oldest first. `seconds`: a multiple of `SELF_REPORT_SECONDS`.

    A longer bucket adds up those in it, in which a student may have answered again and again; so
    its intervals are as of the students of its fullest one. Of two counts of the same bucket,
    which a clock that was set back leaves, the larger is taken: they may be of the same students.
    """
    fullest: dict[int, CountedAnswers] = {}
    for bucket in buckets:
        other = fullest.get(bucket.bucket_start)
        if other is None or other.said < bucket.said:
            fullest[bucket.bucket_start] = bucket
    grouped: defaultdict[int, list[CountedAnswers]] = defaultdict(list)
    for start in sorted(fullest):
        grouped[start // seconds * seconds].append(fullest[start])
    return [_tell_stretch(grouped[start], start, seconds) for start in grouped]


def tell_now(
    by_source: Sequence[OwnAnswers], folded: Sequence[CountedAnswers], *, start: int
) -> SelfReportPoint:
    """Tell what is said in the two buckets from `start` on, each student once, by the latest.

    by_source: each source's open buckets; folded: those that are folded already, as after the end
    of a session. In them nobody knows any more who said it, so the fullest of them is told, unless
    more students are in the open ones.
    """
    seconds = 2 * SELF_REPORT_SECONDS
    most = max(folded, key=lambda bucket: (bucket.said, bucket.bucket_start), default=None)
    said = sum(1 for own in by_source if own)
    if most is not None and most.said >= said:
        return _tell_stretch([most], start, seconds)
    told = _latest_answers(by_source)
    return _tell(Counter(told), said=said, students=len(told), start=start, seconds=seconds)


def _latest_answers(by_source: Sequence[OwnAnswers]) -> list[SelfReportAnswer]:
    """Return each student's latest answer in two buckets, of those that may be told.

    The buckets are told by themselves, too. So where only few students were silent in the later
    one, or only few spoke in both, it is told alone: what these said could be had by subtraction.
    """
    crowded = sorted(e.bucket_start for e in count_answers(by_source) if _is_enough(e.said))
    if len(crowded) == 2:
        earlier, later = crowded
        spoke = [later in own for own in by_source if earlier in own]
        if any(0 < group < ENOUGH_STUDENTS for group in (spoke.count(True), spoke.count(False))):
            crowded = [later]
    kept = [own.keys() & crowded for own in by_source]
    return [own[max(starts)] for own, starts in zip(by_source, kept, strict=True) if starts]


def _tell_stretch(buckets: Sequence[CountedAnswers], start: int, seconds: int) -> SelfReportPoint:
    told = [bucket for bucket in buckets if _is_enough(bucket.said)]
    return _tell(
        sum((bucket.counts for bucket in told), Counter()),
        said=sum(bucket.said for bucket in buckets),
        students=max((bucket.said for bucket in told), default=0),
        start=start,
        seconds=seconds,
    )


def _tell(
    counts: Counter[SelfReportAnswer], *, said: int, students: int, start: int, seconds: int
) -> SelfReportPoint:
    """Tell counts whose intervals are as of so many `students`; none were enough where 0."""
    answers = [counts[answer] for answer in SelfReportAnswer]
    shares = tell_answers(answers, students) if students else []
    return SelfReportPoint(
        start=datetime.fromtimestamp(start, UTC),
        seconds=seconds,
        said=said,
        counts=dict(zip(SelfReportAnswer, answers, strict=True)) if students else None,
        shares=dict(zip(SelfReportAnswer, shares, strict=True)) if students else None,
        enough=bool(students),
    )


def _is_enough(said: int) -> bool:
    return said >= ENOUGH_STUDENTS
