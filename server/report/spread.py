"""How sure a told share is: from how students differ over the whole lesson. Pure.

The spread between students is learnt once, as a part of the most that a share can have,
`p * (1 - p)`. So an interval is made of told figures and one number a lesson; one that was worked
out for each stretch would give one extreme student away by its width.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import stdtrit

from server.report.buckets import Buckets
from server.report.threshold import BAND
from server.schemas import Share
from server.spread import ADDED, within
from server.tally import Doubles

LEVEL = 0.975
"""Of an interval's upper end."""
ROUNDED = 0.5
"""Students by which a figure that was rounded only may be off."""


def level_of(looks: int) -> float:
    """Return the upper level of intervals that are 95 % together, where so many are looked at."""
    return 1 - (1 - LEVEL) / max(looks, 1)


@dataclass(frozen=True)
class Spread:
    """Between students, as parts of `p * (1 - p)`: of each emotion `(7,)`, and of `turned`."""

    shares: Doubles
    turned: float

    @classmethod
    def learn(cls, buckets: Buckets) -> Self:
        """Learn it from all buckets that may be told."""
        told = buckets.enough
        shares = _learn(
            buckets.shares[told], buckets.squares[told], buckets.weight[told, None],
            buckets.students[told, None],
        )  # fmt: skip
        posed = buckets.posed > 0
        turned = _learn(
            buckets.turned[posed, None], buckets.turned_square[posed, None],
            buckets.posed[posed, None], buckets.students[posed, None],
        )  # fmt: skip
        return cls(shares, float(turned[0]))

    def variances(self, shares: Doubles, students: int) -> Doubles:
        """Return `(7,)` variances between students; never 0, for a share of 0 is not sure."""
        return self.shares * most_spread(shares, students)

    def tell_shares(self, shares: Doubles, students: int, *, off: float = BAND) -> list[Share]:
        """Tell shares `(7,)` with their intervals; off: students by which they may be off."""
        reach = _reach(self.variances(shares, students) / students, students, off)
        return [_share(p, r) for p, r in zip(shares.tolist(), reach.tolist(), strict=True)]

    def tell_turned(self, turned: float, students: int, *, off: float = BAND) -> Share:
        """Tell whose faces are turned, with two students of each kind added (Agresti-Coull)."""
        more = students + 2 * ADDED
        middle = (turned * students + ADDED) / more
        variance = self.turned * middle * (1 - middle) / more
        reach = float(_reach(np.array([variance]), students, off)[0])
        return Share(
            share=within(turned),
            low=within(min(middle - reach, turned)),
            high=within(max(middle + reach, turned)),
        )


def _learn(sums: Doubles, squares: Doubles, weight: Doubles, students: Doubles) -> Doubles:
    """Return how much students differ, as parts of the most they could; 1 where nothing is."""
    if not len(sums):
        return np.ones(sums.shape[1])
    mean = sums / weight
    unbiased = students / np.maximum(students - 1, 1)
    differ = (np.clip(squares / weight - mean**2, 0, None) * unbiased * weight).sum(0)
    most = (mean * (1 - mean) * weight).sum(0)
    parts: Doubles = np.clip(differ / np.maximum(most, 1e-12), 0.01, 1)
    return parts


def most_spread(shares: Doubles, students: float | Doubles) -> Doubles:
    """Return `p * (1 - p)`, never that of less than half a student."""
    least = 0.5 / students
    near = np.clip(shares, least, 1 - least)
    most: Doubles = near * (1 - near)
    return most


def _reach(variance_of_mean: Doubles, students: int, off: float) -> Doubles:
    t = float(stdtrit(students - 1, LEVEL))
    reach: Doubles = np.sqrt(t**2 * variance_of_mean + (off / students) ** 2)
    return reach


def _share(value: float, reach: float) -> Share:
    return Share(share=within(value), low=within(value - reach), high=within(value + reach))


def widen_estimate(shares: Doubles, estimate: Doubles, students: int, off: float) -> list[Share]:
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
