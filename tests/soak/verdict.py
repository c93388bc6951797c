"""What a long run shows: growth by slopes that a few odd minutes do not move. Pure."""

from dataclasses import dataclass
from itertools import combinations
from statistics import median

WARM_UP_SHARE = 0.2
"""The first rows are left out: caches fill and allocators find their size."""


@dataclass(frozen=True)
class Row:
    """One stretch of the run. memory_mb: median; descriptors and threads: least; p50, p95: ms."""

    at_s: float
    memory_mb: float
    descriptors: int
    threads: int
    answered: int
    refused: int
    failed: int
    p50_ms: float
    p95_ms: float
    cores: float


@dataclass(frozen=True)
class Limits:
    """How much each may grow over the run."""

    memory_mb: float = 20.0
    descriptors: float = 15.0
    threads: float = 3.0
    p95_ms: float = 50.0
    p95_share: float = 0.5


@dataclass(frozen=True)
class Growth:
    """By how much each grew over the run, by its slope after the warm-up."""

    memory_mb: float
    descriptors: float
    threads: float
    p95_ms: float


def slope_of(times: list[float], values: list[float]) -> float:
    """Return the median of the slopes between all pairs (Theil 1950, Sen 1968)."""
    points = list(zip(times, values, strict=True))
    slopes = [(w - v) / (u - t) for (t, v), (u, w) in combinations(points, 2) if u > t]
    return median(slopes) if slopes else 0.0


def measure_growth(rows: list[Row]) -> Growth:
    """Return the growth from the end of the warm-up to the end."""
    rows = settled(rows)
    times = [row.at_s for row in rows]
    span = times[-1] - times[0] if times else 0.0

    def grow(values: list[float]) -> float:
        return round(span * slope_of(times, values), 2)

    return Growth(
        grow([row.memory_mb for row in rows]),
        grow([row.descriptors for row in rows]),
        grow([row.threads for row in rows]),
        grow([row.p95_ms for row in rows]),
    )


def settled(rows: list[Row]) -> list[Row]:
    """Return the rows after the warm-up."""
    return rows[round(WARM_UP_SHARE * len(rows)) :]


def find_faults(rows: list[Row], limits: Limits) -> list[str]:
    """Return what does not hold, in words."""
    growth, faults = measure_growth(rows), []
    if growth.memory_mb > limits.memory_mb:
        faults.append(f"memory grew by {growth.memory_mb:g} MB")
    if growth.descriptors > limits.descriptors:
        faults.append(f"descriptors grew by {growth.descriptors:g}")
    if growth.threads > limits.threads:
        faults.append(f"threads grew by {growth.threads:g}")
    usual = median([row.p95_ms for row in settled(rows)])
    if growth.p95_ms > max(limits.p95_ms, limits.p95_share * usual):
        faults.append(f"p95 grew by {growth.p95_ms:g} ms")
    if any(row.failed for row in rows):
        faults.append(f"{sum(row.failed for row in rows)} calls were not answered, or with 5xx")
    return faults
