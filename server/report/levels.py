"""What is told of the mood stands until the class has left it: levels. Pure.

A stretch by itself is told by the level of the whole lesson where it is near to that, else by one
of its own. A series is told by the levels of the stretches between changes; a piece of it leaves
its level only by more than `BAND` students and what noise explains, or chance would lift one
student over the edge in every other piece, and the mean over many would tell of them.

Whether the class has left a level is asked of the plain shares, of corrected ones too: a correction
stretches, so that one student may move it by two and more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.emotions import EMOTIONS
from server.report.noise import LOWER_QUARTER
from server.report.sight import Sight
from server.report.threshold import hold_value, is_near, round_shares
from server.schemas import EngagementProfile
from server.tally import Doubles

MARGIN = 3.0
"""Standard deviations of a piece that noise explains."""


@dataclass(frozen=True)
class Level:
    """Figures as they are told.

    shares: `(7,)`; plain: `(7,)` the same before they were corrected; estimate: `(3, 7)` from which
    corrected ones came, of so many students; engagement: by the session's profile.
    """

    shares: Doubles
    plain: Doubles
    estimate: Doubles | None
    students: int
    turned: float | None
    engagement: float | None


@dataclass(frozen=True)
class Margin:
    """How far a piece of a series may be from its level by noise alone."""

    shares: Doubles
    turned: float
    engagement: float


NO_MARGIN = Margin(np.zeros(len(EMOTIONS)), 0.0, 0.0)


def settle(
    sight: Sight, engagement: float | None, stands: Sequence[Level], margin: Margin = NO_MARGIN
) -> Level:
    """Return the level that a stretch is told by: the first of `stands` that is near, else its own.

    Each figure by itself. engagement: what the profile says exactly.
    """
    students = sight.students
    source = next(
        (one for one in stands if is_near(sight.shares, one.plain, students, margin.shares)), None
    )
    return Level(
        round_shares(sight.told, students) if source is None else source.shares,
        round_shares(sight.shares, students) if source is None else source.plain,
        sight.estimate if source is None else source.estimate,
        students if source is None else source.students,
        _hold(sight.turned, students, [one.turned for one in stands], margin.turned),
        _hold(engagement, students, [one.engagement for one in stands], margin.engagement),
    )


def learn_margin(sights: Sequence[Sight | None], profile: EngagementProfile) -> Margin:
    """Learn from the smaller differences between neighbouring pieces what noise explains."""
    told = [one for one in sights if one is not None]
    if len(told) < 3:
        return NO_MARGIN
    shares = _wander(np.array([one.shares for one in told]))
    turned = _wander(np.array([[one.turned or 0.0] for one in told]))[0]
    weights = np.array([abs(profile.emotion_weights.get(emotion, 0.0)) for emotion in EMOTIONS])
    screen = profile.screen_weight
    return Margin(
        shares,
        float(turned),
        float(screen * turned + (1 - screen) / 2 * np.hypot.reduce(weights * shares)),
    )


def _hold(
    seen: float | None, students: int, told: Sequence[float | None], margin: float
) -> float | None:
    if seen is None:
        return None
    return hold_value(seen, students, [one for one in told if one is not None], margin)


def _wander(values: Doubles) -> Doubles:
    """Return `MARGIN` standard deviations of `(n, d)` values around what they would be."""
    differences = np.abs(np.diff(values, axis=0))
    wander: Doubles = np.quantile(differences, 0.25, axis=0) / LOWER_QUARTER / np.sqrt(2) * MARGIN
    return wander
