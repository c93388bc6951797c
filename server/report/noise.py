"""How much a share wanders from moment to moment although nothing changed. Pure.

Faces are correlated over seconds, so points of time are not independent, and noise that is taken
for white gives false changes. What counts is the long-run variance: that of a mean over `m`
points, times `m`, for large `m`. It is learnt from the lesson itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from server.tally import Doubles

MEMORY_SECONDS = 120.0
"""Noise is looked at over so long; slower wandering is a matter of the differences between
students, which the interval of a change covers."""
BLOCK_SECONDS, FEWEST_BLOCKS, SHORT_SECONDS = 60.0, 20, 15.0
"""Neighbouring means over so long are compared, before changes are known and as a second opinion;
in lessons of fewer blocks over a shorter time."""
LOWER_QUARTER = 0.3186
"""Below this many standard deviations lies a quarter of all normal deviations, either side."""
FLOOR = 1e-10


@dataclass(frozen=True)
class Noise:
    """Of each share `(d,)`: the variance of a single point, and the long-run variance."""

    point: Doubles
    long_run: Doubles


def guess_noise(values: Doubles, step: float) -> Noise:
    """Return the noise of `(n, d)` points, without knowing of changes.

    From neighbouring means, the smaller differences of which lie between changes.
    """
    width = max(round(BLOCK_SECONDS / step), 1)
    if len(values) < FEWEST_BLOCKS * width:
        width = max(round(SHORT_SECONDS / step), 1)
    if len(values) < 2 * width + 2:
        everything = np.maximum(values.var(0), FLOOR)
        return Noise(everything, everything)
    return Noise(_compare_blocks(values, 1), _compare_blocks(values, width))


def _compare_blocks(values: Doubles, width: int) -> Doubles:
    """Return long-run variances from the differences of neighbouring means over `width` points.

    The smaller ones are looked at, which lie between changes.
    """
    sums = np.cumsum(np.vstack([np.zeros(values.shape[1]), values]), axis=0)
    means = (sums[width:] - sums[:-width]) / width
    differences = np.abs(means[width:] - means[:-width])
    scale = np.quantile(differences, 0.25, axis=0) / LOWER_QUARTER
    guessed: Doubles = np.maximum(scale**2 / 2 * width, FLOOR)
    return guessed


def learn_noise(values: Doubles, step: float, changes: Sequence[int]) -> Noise:
    """Return the noise around the means between known changes (Bartlett 1950)."""
    rest = values.astype(float).copy()
    for first, last in pairwise([0, *changes, len(values)]):
        rest[first:last] -= rest[first:last].mean(0)
    lags = min(max(round(MEMORY_SECONDS / step), 1), max(len(values) // 4, 1))
    total = (rest**2).mean(0)
    for lag in range(1, lags + 1):
        together = (rest[lag:] * rest[:-lag]).sum(0) / len(rest)
        total = total + 2 * (1 - lag / (lags + 1)) * together
    width = max(round(BLOCK_SECONDS / step), 1)
    if len(values) >= FEWEST_BLOCKS * width:  # changes that were missed make the first one too wide
        total = np.minimum(total, _compare_blocks(values, width))
    own = (rest**2).mean(0)  # never less than that of points without memory
    return Noise(own, np.maximum(np.maximum(total, own), FLOOR))
