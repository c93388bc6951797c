"""Stretches of a lesson as they are told: whole, piece by piece, and any in between. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np

from model.emotions import EMOTIONS, Emotion
from server.attendance import Attendance
from server.engagement import tell_engagement
from server.report.buckets import Buckets
from server.report.sayings import Answers, ToldSayings
from server.report.sight import Sight
from server.report.spread import ROUNDED, Spread
from server.report.threshold import (
    BAND,
    hold_shares,
    hold_value,
    merge_until_enough,
    round_value,
)
from server.schemas import Engagement, EngagementProfile, MoodPoint, Share, Stretch
from server.spread import within
from server.tally import Doubles

PIECES = 240
"""About so many stretches a series has at most."""
NICE_SECONDS = (1, 2, 5, 10, 30, 60, 120, 300)


def choose_step(duration: float, bucket_seconds: int) -> int:
    """Return the length of a series' stretches, seconds: whole buckets of a nice length."""
    least = max(duration / PIECES, bucket_seconds, 1)
    nice = next((n for n in NICE_SECONDS if n >= least), math.ceil(least / 300) * 300)
    return math.ceil(nice / bucket_seconds) * bucket_seconds


@dataclass
class _Held:
    """What was told last, which the next stretch stands by while it may."""

    shares: Doubles | None = None
    estimate: Doubles | None = None
    students: int = 0
    turned: float | None = None
    engagement: float | None = None


@dataclass
class Teller:
    """Tells stretches. begin, end: the lesson, Unix seconds, on the edges of buckets."""

    buckets: Buckets
    spread: Spread
    attendance: Attendance
    sayings: ToldSayings
    profile: EngagementProfile
    begin: int
    end: int
    _whole: _Held = field(default_factory=_Held)

    def tell_whole(self, sight: Sight | None) -> Stretch:
        """Tell the lesson as a whole; everything else is held to it. Call this first."""
        self._whole = _Held()
        return self._tell(
            sight, self.begin, self.end, self._whole, self.sayings.tell_whole(), off=ROUNDED
        )

    def tell_long(self, sight: Sight | None, begin: float, end: float) -> Stretch:
        """Tell a stretch by itself, held to the whole lesson."""
        held = _Held(**vars(self._whole))
        return self._tell(sight, begin, end, held, self.sayings.tell_stretch(begin, end))

    def tell_series(self, cells: Sequence[tuple[float, float]], sights: Sequence[Sight | None]
    ) -> list[Stretch]:  # fmt: skip
        """Tell stretches one after the other, each held to the one before."""
        held = _Held(**vars(self._whole))
        return [
            self._tell(sight, begin, end, held, self.sayings.tell_moment(begin, end))
            for (begin, end), sight in zip(cells, sights, strict=True)
        ]

    def _tell(
        self,
        sight: Sight | None,
        begin: float,
        end: float,
        held: _Held,
        answers: Answers | None,
        *,
        off: float = BAND,
    ) -> Stretch:
        here = self.buckets.between(begin, end)
        visible = round(float(self.buckets.seen[here].max(initial=0)))
        present = self.attendance.count_present(int(begin), max(int(end - begin), 1))
        window = bool(self.buckets.window[here].any())
        coverage = self.attendance.cover(visible, present, window=window)
        shares = turned = engagement = None
        if sight is not None:
            shares = self._tell_shares(sight, held, off)
            turned = self._tell_turned(sight, held, off)
            engagement = self._tell_engagement(sight, held, coverage)
        return Stretch(
            start=datetime.fromtimestamp(begin, UTC),
            seconds=end - begin,
            enough=sight is not None,
            visible=visible,
            present=present,
            coverage=None if coverage is None else round(coverage, 6),
            shares=shares,
            turned=turned,
            engagement=engagement,
            said=self.sayings.sayings.count_said(begin, end),
            answers=answers,
        )

    def _tell_shares(self, sight: Sight, held: _Held, off: float) -> dict[Emotion, Share]:
        shares = hold_shares(sight.told, sight.students, held.shares)
        if shares is not held.shares:
            held.shares, held.estimate, held.students = shares, sight.estimate, sight.students
        if held.estimate is None:
            told = self.spread.tell_shares(shares, sight.students, off=off)
        else:
            told = _widen(shares, held.estimate, held.students, off)
        return dict(zip(EMOTIONS, told, strict=True))

    def _tell_turned(self, sight: Sight, held: _Held, off: float) -> Share | None:
        if sight.turned is None:
            return None
        held.turned = hold_value(sight.turned, sight.students, held.turned)
        return self.spread.tell_turned(held.turned, sight.students, off=off)

    def _tell_engagement(
        self, sight: Sight, held: _Held, coverage: float | None
    ) -> Engagement | None:
        """Tell what the profile says of the plain shares, held like every other figure."""
        students = sight.students
        plain = self.spread.tell_shares(sight.shares, students)
        turned = None if sight.turned is None else self.spread.tell_turned(sight.turned, students)
        shares = dict(zip(EMOTIONS, plain, strict=True))
        exact = tell_engagement(_point(sight, shares, turned, coverage), self.profile)
        if exact is None:
            return None
        held.engagement = hold_value(exact.engagement, students, held.engagement)
        low, high = (
            round_value(abs(edge - exact.engagement), students) for edge in (exact.low, exact.high)
        )
        return Engagement(
            engagement=within(held.engagement),
            low=within(held.engagement - low),
            high=within(held.engagement + high),
        )


def cut_series(buckets: Buckets, begin: int, end: int, step: int) -> list[tuple[float, float]]:
    """Return the stretches of a series, without gaps between, merged where they must be."""
    edges = [*range(begin, end, step), end]
    cells = list(pairwise(edges))
    observations = [float(buckets.students[buckets.between(*cell)].sum()) for cell in cells]
    merged = dict(merge_until_enough(observations))
    told: list[tuple[float, float]] = []
    at = 0
    while at < len(cells):
        last = merged.get(at, at + 1)
        told.append((float(cells[at][0]), float(cells[last - 1][1])))
        at = last
    return told


def see_cells(buckets: Buckets, cells: Sequence[tuple[float, float]]) -> list[Sequence[slice]]:
    """Return the buckets of each stretch; none where there are too few observations."""
    slices = [buckets.between(*cell) for cell in cells]
    return [
        [one] if merge_until_enough([float(buckets.students[one].sum())]) else [] for one in slices
    ]


def _widen(shares: Doubles, estimate: Doubles, students: int, off: float) -> list[Share]:
    """Tell corrected shares; their intervals reach whole half students, and the rounding."""
    seen, low, high = estimate

    def reach(distance: Doubles) -> Doubles:
        whole: Doubles = np.ceil(np.hypot(distance * students, off) * 2 - 1e-6) / 2 / students
        return whole

    below, above = reach(seen - low), reach(high - seen)
    return [
        Share(share=within(p), low=within(p - b), high=within(p + a))
        for p, b, a in zip(shares.tolist(), below.tolist(), above.tolist(), strict=True)
    ]


def _point(
    sight: Sight, shares: dict[Emotion, Share], turned: Share | None, coverage: float | None
) -> MoodPoint:
    """Return the mood that `tell_engagement` reads."""
    return MoodPoint(
        start=datetime.fromtimestamp(sight.begin, UTC),
        seconds=max(int(sight.end - sight.begin), 1),
        counts=None,
        shares=shares,
        estimated_shares=None,
        frames=0,
        faces=0,
        sources=0,
        visible=sight.students,
        coverage=coverage,
        present=sight.students,
        turned=turned,
        engagement=None,
        enough=True,
    )
