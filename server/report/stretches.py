"""Stretches of a lesson as they are told: whole, piece by piece, and any in between. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from model.emotions import EMOTIONS, Emotion
from server.attendance import Attendance
from server.engagement import tell_engagement
from server.report.buckets import Buckets
from server.report.levels import NO_MARGIN, Level, Margin, learn_margin, settle
from server.report.sayings import Answers, ToldSayings
from server.report.sight import Sight
from server.report.spread import ROUNDED, Spread, widen_estimate
from server.report.threshold import BAND, merge_until_enough, round_value
from server.schemas import Engagement, EngagementProfile, MoodPoint, Share, Stretch
from server.spread import within

Cell = tuple[float, float]
"""Begin and end of a stretch, Unix seconds."""

PIECES = 240
"""About so many stretches a series has at most."""
NICE_SECONDS = (1, 2, 5, 10, 30, 60, 120, 300)


def choose_step(duration: float, bucket_seconds: int) -> int:
    """Return the length of a series' stretches, seconds: whole buckets of a nice length."""
    least = max(duration / PIECES, bucket_seconds, 1)
    nice = next((n for n in NICE_SECONDS if n >= least), math.ceil(least / 300) * 300)
    return math.ceil(nice / bucket_seconds) * bucket_seconds


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
    _whole: list[Level] = field(default_factory=list)

    def tell_whole(self, sight: Sight | None) -> Stretch:
        """Tell the lesson as a whole; everything else is held to it. Call this first."""
        level = self._settle(sight, self.begin, self.end, [])
        self._whole = [] if level is None else [level]
        answers = self.sayings.tell_whole()
        return self._tell(sight, self.begin, self.end, level, answers, off=ROUNDED)

    def tell_long(self, sight: Sight | None, begin: float, end: float) -> Stretch:
        """Tell a stretch by itself, held to the whole lesson."""
        level = self._settle(sight, begin, end, self._whole)
        return self._tell(sight, begin, end, level, self.sayings.tell_stretch(begin, end))

    def tell_series(
        self,
        cells: Sequence[Cell],
        sights: Sequence[Sight | None],
        between: Sequence[tuple[float, float, Sight | None]],
    ) -> list[Stretch]:
        """Tell stretches one after the other.

        between: begin, end and sight of the lesson between its changes; each has a level, which its
        stretches are held to.
        """
        margin = learn_margin(sights, self.profile)
        told: list[Stretch] = []
        stands = list(self._whole)
        for first, last, whole in between:
            ground = self._settle(whole, first, last, stands)
            stands = stands if ground is None else [ground]
            latest: list[Level] = []
            for (begin, end), sight in zip(cells, sights, strict=True):
                if first <= (begin + end) / 2 < last:
                    level = self._settle(sight, begin, end, [*stands, *latest], margin)
                    latest = latest if level is None else [level]
                    answers = self.sayings.tell_moment(begin, end)
                    told.append(self._tell(sight, begin, end, level, answers))
        return told

    def _settle(
        self,
        sight: Sight | None,
        begin: float,
        end: float,
        stands: Sequence[Level],
        margin: Margin = NO_MARGIN,
    ) -> Level | None:
        if sight is None:
            return None
        exact = self._judge(sight, self._cover(begin, end))
        return settle(sight, None if exact is None else exact.engagement, stands, margin)

    def _tell(
        self,
        sight: Sight | None,
        begin: float,
        end: float,
        level: Level | None,
        answers: Answers | None,
        *,
        off: float = BAND,
    ) -> Stretch:
        coverage = self._cover(begin, end)
        shares = turned = engagement = None
        if sight is not None and level is not None:
            shares = self._tell_shares(level, sight.students, off)
            engagement = self._tell_engagement(level, sight, coverage)
            if level.turned is not None:
                turned = self.spread.tell_turned(level.turned, sight.students, off=off)
        return Stretch(
            start=datetime.fromtimestamp(begin, UTC),
            seconds=end - begin,
            enough=sight is not None,
            visible=self._count_visible(begin, end),
            present=self.attendance.count_present(int(begin), max(int(end - begin), 1)),
            coverage=None if coverage is None else round(coverage, 6),
            shares=shares,
            turned=turned,
            engagement=engagement,
            said=self.sayings.sayings.count_said(begin, end),
            answers=answers,
        )

    def _count_visible(self, begin: float, end: float) -> int:
        return round(float(self.buckets.seen[self.buckets.between(begin, end)].max(initial=0)))

    def _cover(self, begin: float, end: float) -> float | None:
        present = self.attendance.count_present(int(begin), max(int(end - begin), 1))
        window = bool(self.buckets.window[self.buckets.between(begin, end)].any())
        return self.attendance.cover(self._count_visible(begin, end), present, window=window)

    def _tell_shares(self, level: Level, students: int, off: float) -> dict[Emotion, Share]:
        if level.estimate is None:
            told = self.spread.tell_shares(level.shares, students, off=off)
        else:
            told = widen_estimate(level.shares, level.estimate, level.students, off)
        return dict(zip(EMOTIONS, told, strict=True))

    def _judge(self, sight: Sight, coverage: float | None) -> Engagement | None:
        """Return what the profile says of the plain shares, exactly."""
        plain = self.spread.tell_shares(sight.shares, sight.students)
        turned = None
        if sight.turned is not None:
            turned = self.spread.tell_turned(sight.turned, sight.students)
        point = _point(sight, dict(zip(EMOTIONS, plain, strict=True)), turned, coverage)
        return tell_engagement(point, self.profile)

    def _tell_engagement(
        self, level: Level, sight: Sight, coverage: float | None
    ) -> Engagement | None:
        exact = self._judge(sight, coverage)
        if exact is None or level.engagement is None:
            return None
        low, high = (
            round_value(abs(edge - exact.engagement), sight.students)
            for edge in (exact.low, exact.high)
        )
        return Engagement(
            engagement=within(level.engagement),
            low=within(level.engagement - low),
            high=within(level.engagement + high),
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
