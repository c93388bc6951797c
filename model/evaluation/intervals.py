"""Bootstrap intervals: how far a figure would move with other faces of the same kind. Pure."""

from collections.abc import Iterator

import numpy as np

from model.evaluation.metrics import Numbers, Sums

RESAMPLES = 1000
LEVEL = 0.95
SEED = 1

_AT_ONCE = 100
"""Resamples per product: 100 rows of counts over 30,000 faces are 24 MB."""


def draw_counts(faces: int, resamples: int = RESAMPLES, seed: int = SEED) -> Iterator[Numbers]:
    """Yield how often each face is drawn, `(at most 100, faces) float64`, until all resamples.

    Faces are drawn with replacement from all faces (Efron 1979), not within each emotion. The
    same seed draws the same faces, so figures of the same faces can be compared pair by pair.
    """
    random = np.random.default_rng(seed)
    for first in range(0, resamples, _AT_ONCE):
        rows = min(_AT_ONCE, resamples - first)
        drawn = random.integers(0, faces, (rows, faces))
        drawn += np.arange(rows)[:, None] * faces
        counts = np.bincount(drawn.ravel(), minlength=rows * faces)
        yield counts.reshape(rows, faces).astype(np.float64)


def resample(faces: Numbers, resamples: int = RESAMPLES, seed: int = SEED) -> dict[str, Numbers]:
    """Measure every resample of described faces `(n, columns)`; figures are `(resamples, …)`."""
    if not len(faces):
        return Sums(np.zeros((1, faces.shape[1]))).measure()
    parts = [counts @ faces for counts in draw_counts(len(faces), resamples, seed)]
    return Sums(np.concatenate(parts)).measure()


def bound(figures: Numbers, level: float = LEVEL) -> Numbers:
    """Return the percentile interval of resampled figures: `(2, …)` of `(resamples, …)`.

    Resamples in which a figure can't be known are left out; NaN where there is none.
    """
    ends = [50 * (1 - level), 50 * (1 + level)]
    known = ~np.isnan(figures).all(0)
    interval = np.full((2, *figures.shape[1:]), np.nan)
    interval[:, known] = np.nanpercentile(figures[:, known], ends, axis=0)
    return interval
