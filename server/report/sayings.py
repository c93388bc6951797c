"""What students said, as an export tells it: counted over enough of them, rounded and held. Pure.

The rules of the emotions hold: buckets of fewer than `ENOUGH_STUDENTS` count nowhere, neighbours
are merged until there are `EXPORT_STUDENTS` answers, and what is told stands while the class is
near it (`threshold`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from server.report.threshold import BAND, hold_shares, merge_until_enough
from server.schemas import ENOUGH_STUDENTS, SELF_REPORT_SECONDS, SelfReportAnswer, Share
from server.self_report import CountedAnswers
from server.spread import within
from server.tally import Doubles, Integers

Answers = dict[SelfReportAnswer, Share]


@dataclass(frozen=True)
class Sayings:
    """Buckets of 30 s, by time. starts, said `(b,)`; counts `(b, 4)`, zeros where too few said."""

    starts: Integers
    said: Integers
    counts: Integers

    def between(self, begin: float, end: float) -> slice:
        """Return the buckets whose middle lies in a stretch, Unix seconds."""
        middles = self.starts + SELF_REPORT_SECONDS / 2
        first, last = np.searchsorted(middles, (begin, end))
        return slice(int(first), int(last))

    def count_said(self, begin: float, end: float) -> int:
        """Return the most students who said something in 30 s that overlap a stretch."""
        touching = (self.starts < end) & (self.starts + SELF_REPORT_SECONDS > begin)
        return int(self.said[touching].max(initial=0))

    def students(self, where: slice) -> int:
        """Return the most who said something at once, of what may be told."""
        return int(self.counts[where].sum(1).max(initial=0))

    def shares(self, where: slice) -> Doubles:
        """Return `(4,)` shares of all answers; there must be some."""
        sums = self.counts[where].sum(0)
        found: Doubles = sums / sums.sum()
        return found

    def is_enough(self, where: slice) -> bool:
        """Tell whether anything may be told of these buckets."""
        return bool(merge_until_enough([float(self.counts[where].sum())]))


def gather_sayings(buckets: Sequence[CountedAnswers]) -> Sayings:
    """Gather counted answers; of two counts of one bucket the larger is taken."""
    fullest: dict[int, CountedAnswers] = {}
    for one in buckets:
        if one.bucket_start not in fullest or fullest[one.bucket_start].said < one.said:
            fullest[one.bucket_start] = one
    ordered = [fullest[start] for start in sorted(fullest)]
    counts = [
        [one.counts[answer] if one.said >= ENOUGH_STUDENTS else 0 for answer in SelfReportAnswer]
        for one in ordered
    ]
    return Sayings(
        np.array([one.bucket_start for one in ordered], np.int64),
        np.array([one.said for one in ordered], np.int64),
        np.array(counts, np.int64).reshape(len(ordered), len(SelfReportAnswer)),
    )


class ToldSayings:
    """What is told of the answers: of the lesson, and of any stretch of it."""

    def __init__(self, sayings: Sayings) -> None:
        self.sayings = sayings
        everything = slice(0, len(sayings.starts))
        self.whole: Doubles | None = None
        if sayings.is_enough(everything):
            self.whole = hold_shares(sayings.shares(everything), sayings.students(everything), [])
        self._groups = self._tell_groups()

    def tell_whole(self) -> Answers | None:
        """Tell the answers of the whole lesson; None where too few said anything."""
        if self.whole is None:
            return None
        students = self.sayings.students(slice(0, len(self.sayings.starts)))
        return _tell(self.whole, students, off=0.5)

    def tell_stretch(self, begin: float, end: float) -> Answers | None:
        """Tell the answers of a long stretch, held to those of the whole lesson."""
        where = self.sayings.between(begin, end)
        if not self.sayings.is_enough(where):
            return None
        students = self.sayings.students(where)
        stands = [] if self.whole is None else [self.whole]
        return _tell(hold_shares(self.sayings.shares(where), students, stands), students)

    def tell_moment(self, begin: float, end: float) -> Answers | None:
        """Tell the answers of the merged 30 s that hold the middle of a short stretch."""
        middle = (begin + end) / 2
        for first, last, told in self._groups:
            if first <= middle < last:
                return told
        return None

    def _tell_groups(self) -> list[tuple[float, float, Answers]]:
        groups: list[tuple[float, float, Answers]] = []
        stands = [] if self.whole is None else [self.whole]
        for first, last in self._merge():
            where = slice(first, last)
            students = self.sayings.students(where)
            held = hold_shares(self.sayings.shares(where), students, stands)
            stands = [held]
            end = float(self.sayings.starts[last - 1]) + SELF_REPORT_SECONDS
            groups.append((float(self.sayings.starts[first]), end, _tell(held, students)))
        return groups

    def _merge(self) -> list[tuple[int, int]]:
        """Return ranges of buckets that are enough; a pause of the answers is never bridged."""
        counts: list[float] = []
        rows: list[int] = []
        for row, start in enumerate(self.sayings.starts):
            if row and start != self.sayings.starts[row - 1] + SELF_REPORT_SECONDS:
                counts.append(0.0)
                rows.append(-1)
            counts.append(float(self.sayings.counts[row].sum()))
            rows.append(row)
        return [(rows[first], rows[last - 1] + 1) for first, last in merge_until_enough(counts)]


def _tell(shares: Doubles, students: int, *, off: float = BAND) -> Answers:
    """Tell shares with Wilson's interval as of so many students, widened by the rounding."""
    z = 1.959964
    middle = (shares + z**2 / (2 * students)) / (1 + z**2 / students)
    reach = z * np.sqrt(shares * (1 - shares) / students + z**2 / (4 * students**2))
    reach = np.hypot(reach / (1 + z**2 / students), off / students)
    return {
        answer: Share(
            share=within(shares[at]),
            low=within(min(middle[at] - reach[at], shares[at])),
            high=within(max(middle[at] + reach[at], shares[at])),
        )
        for at, answer in enumerate(SelfReportAnswer)
    }
