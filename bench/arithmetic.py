"""Percentiles, fairness and a straight line. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


def find_percentile(values: Sequence[float], share: float) -> float | None:
    """Return the least value that at least `share` (0 to 1) of the values do not pass.

    The nearest-rank definition: always a value that was measured, never one in between. None
    where there are no values.
    """
    if not len(values):
        return None
    return float(np.percentile(np.asarray(values, float), 100 * share, method="inverted_cdf"))


def find_jain(shares: Sequence[float]) -> float | None:
    """Return Jain's fairness index of what each one got: 1 where all got the same.

    1 / n where one got everything (Jain, Chiu and Hawe 1984). None where nobody got anything.
    """
    got = np.asarray(shares, float)
    squares = float((got**2).sum()) * len(got)
    return float(got.sum() ** 2 / squares) if squares else None


@dataclass(frozen=True)
class Line:
    """A straight line, and the share of the variance that it explains (R²)."""

    intercept: float
    slope: float
    r2: float


def fit_line(across: Sequence[float], up: Sequence[float]) -> Line:
    """Fit a line by least squares. Raises `ValueError` with fewer than two different places."""
    x, y = np.asarray(across, float), np.asarray(up, float)
    if len(x) != len(y) or len(np.unique(x)) < 2:
        raise ValueError("a line needs values at two places at least")
    slope, intercept = np.polyfit(x, y, 1)
    left = float(((y - intercept - slope * x) ** 2).sum())
    whole = float(((y - y.mean()) ** 2).sum())
    return Line(float(intercept), float(slope), 1 - left / whole if whole else 1.0)
