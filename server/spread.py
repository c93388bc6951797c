"""Means over visible students, with 95 % intervals from the differences between them.

Student's t, because the students are few and their spread is estimated from the same students.
Pure: knows neither emotions nor tallies.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from server.schemas import Share

Doubles = NDArray[np.float64]

ADDED = 2.0
"""Students added to either side of a share that is yes or no for most of them, for its interval
only (Agresti & Coull 1998). Without them five of five would be told as surely all."""


def tell_shares(mean: Doubles, square: Doubles, students: int) -> list[Share]:
    """Tell `(n,)` means over `students`, at least 2, of whom `square` is the mean square."""
    low, high = _interval(mean, square, students)
    return [
        Share(share=within(mean[i]), low=within(low[i]), high=within(high[i]))
        for i in range(len(mean))
    ]


def tell_yes_or_no(mean: float, square: float, students: int) -> Share:
    """Tell the share of `students`, at least 1, of whom each says yes, no or something between."""
    more = students + 2 * ADDED
    padded = np.array([mean, square]) * (students / more) + ADDED / more
    low, high = _interval(padded[:1], padded[1:], more)
    return Share(share=within(mean), low=within(min(low[0], mean)), high=within(max(high[0], mean)))


def tell_answers(counts: Sequence[int], students: int) -> list[Share]:
    """Tell the shares of counts, with Wilson's interval (1927) as of so many `students`."""
    shares = np.array(counts, np.float64) / sum(counts)
    z = 1.959964
    middle = (shares + z**2 / (2 * students)) / (1 + z**2 / students)
    reach = z * np.sqrt(shares * (1 - shares) / students + z**2 / (4 * students**2))
    reach /= 1 + z**2 / students
    low, high = np.minimum(middle - reach, shares), np.maximum(middle + reach, shares)
    return [
        Share(share=within(shares[i]), low=within(low[i]), high=within(high[i]))
        for i in range(len(shares))
    ]


def within(value: float) -> float:
    """Return the value cut to 0 to 1, with as many digits as are worth sending."""
    return round(min(max(float(value), 0.0), 1.0), 6)


def _interval(mean: Doubles, square: Doubles, students: float) -> tuple[Doubles, Doubles]:
    variance = np.clip(square - mean**2, 0, None) * students / (students - 1)
    reach = float(stdtrit(students - 1, 0.975)) * np.sqrt(variance / students)
    return mean - reach, mean + reach
