"""How much one stretch differs from another, in whole students, with an interval. Pure.

The students of both are taken as different ones, so the interval is rather too wide: most are the
same, and what sets them apart from each other does not set the stretches apart. It is made of
figures that are told anyway and of what was learnt from the whole lesson, or its width would tell
of one extreme student.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from model.emotions import EMOTIONS, Emotion
from server.report.sight import Sight
from server.report.spread import LEVEL, ROUNDED, most_spread
from server.report.threshold import BAND, round_value
from server.schemas import Difference
from server.tally import Doubles

MOST_STRETCHED = 3.0
"""Times that a correction may stretch a difference."""

_SLACK = 1e-9


@dataclass(frozen=True)
class Doubt:
    """What makes the mean of one share unsure.

    lasting: how students differ, a part of p(1 - p); wandering: long-run variance over time, in
    seconds; level: upper level of the interval.
    """

    lasting: float
    wandering: float
    level: float


@dataclass(frozen=True)
class Mean:
    """The mean of one share over a stretch. students: behind it; seconds: that were told."""

    share: float
    students: float
    seconds: float


def compare_sights(before: Sight, after: Sight, doubts: list[Doubt]) -> dict[Emotion, Difference]:
    """Tell how much more of each emotion `after` shows than `before`, or less."""
    told: dict[Emotion, Difference] = {}
    for k, (emotion, doubt) in enumerate(zip(EMOTIONS, doubts, strict=True)):
        means = [Mean(float(one.shares[k]), one.students, one.seconds) for one in (before, after)]
        if before.estimate is not None and after.estimate is not None:
            reach = _reach(means[0], means[1], doubt)
            told[emotion] = _compare_estimates(before, after, k, reach, doubt.level)
        else:
            told[emotion] = compare_means(means[0], means[1], doubt)
    return told


def compare_means(before: Mean, after: Mean, doubt: Doubt) -> Difference:
    """Tell the difference of two means."""
    reach, students = _reach(before, after, doubt), min(before.students, after.students)
    return tell_difference(after.share - before.share, reach, reach, students)


def _reach(before: Mean, after: Mean, doubt: Doubt) -> float:
    """Return how far the interval of a difference reaches, before it is rounded."""
    variance = 0.0
    for one in (before, after):
        rounded = np.array([round_value(one.share, round(one.students))])
        most = float(most_spread(rounded, one.students)[0])
        variance += doubt.lasting * most / one.students + doubt.wandering / one.seconds
    students = min(before.students, after.students)
    reach: float = float(stdtrit(max(students - 1, 1), doubt.level)) * variance**0.5
    return reach


def tell_difference(raw: float, below: float, above: float, students: float) -> Difference:
    """Tell a difference in steps of one student; less than `BAND` students is told as none."""
    told = abs(raw) * students >= BAND - _SLACK
    size = float(np.sign(raw)) * round(abs(raw) * students) / students if told else 0.0
    off = (ROUNDED if told else BAND) / students
    low, high = size - float(np.hypot(below, off)), size + float(np.hypot(above, off))
    return Difference(
        size=_cut(size),
        low=_cut(low),
        high=_cut(high),
        beyond_noise=told and (low > 0 or high < 0),
    )


def _compare_estimates(
    before: Sight, after: Sight, k: int, reach: float, level: float
) -> Difference:
    """Tell the difference of two corrected shares.

    The correction stretches the plain difference, and its interval alike: what the network confuses
    is the same on both sides. Where it does more than that, the intervals of both estimates are
    joined (Newcombe 1998), in steps of half a student. What is none before it is corrected is told
    as none, for one student may move a corrected share by two and more, and what it turns round.
    """
    students = min(before.students, after.students)
    one, other = _edges(before.estimate, k), _edges(after.estimate, k)
    raw, plain = other[0] - one[0], float(after.shares[k] - before.shares[k])
    if abs(plain) * students < BAND - _SLACK or raw * plain < 0:
        steps = _in_halves(reach * _stretch(raw, plain), students)
        return tell_difference(0.0, steps, steps, students)
    if abs(raw) <= MOST_STRETCHED * abs(plain):
        steps = _in_halves(reach * _stretch(raw, plain), students)
        return tell_difference(raw, steps, steps, students)
    wider = float(ndtri(level) / ndtri(LEVEL))
    below = wider * float(np.hypot(other[0] - other[1], one[2] - one[0]))
    above = wider * float(np.hypot(other[2] - other[0], one[0] - one[1]))
    return tell_difference(raw, _in_halves(below, students), _in_halves(above, students), students)


def _stretch(raw: float, plain: float) -> float:
    """Return how many times its size a correction makes a difference, 1 to `MOST_STRETCHED`."""
    return min(max(abs(raw / plain) if plain else 1.0, 1.0), MOST_STRETCHED)


def _in_halves(distance: float, students: float) -> float:
    """Return a distance as half students, rounded up: exact ones would tell of exact sums."""
    return float(np.ceil(distance * students * 2 - _SLACK)) / 2 / students


def _edges(estimate: Doubles | None, k: int) -> tuple[float, float, float]:
    assert estimate is not None  # noqa: S101 - asked for by whoever has looked
    return float(estimate[0, k]), float(estimate[1, k]), float(estimate[2, k])


def _cut(value: float) -> float:
    return round(min(max(value, -1.0), 1.0), 6)
