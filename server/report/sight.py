"""What was seen of stretches of a lesson, exactly. Never leaves this package as it is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.quantification import EstimatedShares
from server.correction import Estimators
from server.report.buckets import Buckets
from server.tally import Doubles

_SLACK = 1e-6


@dataclass(frozen=True)
class Sight:
    """One stretch, of which enough may be told.

    begin, end: Unix seconds; seconds: of these that may be told; students: visible in its fullest
    bucket; observations: of a student in a bucket; shares: `(7,)` means over students; estimate:
    the same corrected, a row of shares, low and high `(3, 7)`, or None; turned: None where it is
    not known of all.
    """

    begin: float
    end: float
    seconds: float
    students: int
    observations: float
    shares: Doubles
    estimate: Doubles | None
    turned: float | None

    @property
    def told(self) -> Doubles:
        """Return the shares that are told of it, before they are rounded."""
        return self.shares if self.estimate is None else self.estimate[0]


def look(
    buckets: Buckets, ranges: Sequence[Sequence[slice]], estimators: Estimators
) -> list[Sight | None]:
    """Return what was seen of each stretch, which is made of slices of buckets.

    None where nothing of it may be told. All are corrected, or none is.
    """
    seen = [_add_up(buckets, slices) for slices in ranges]
    found = [at for at, one in enumerate(seen) if one is not None]
    estimator = estimators.get(buckets.version or "")
    if estimator is not None and found:
        sums = np.stack([_evened(buckets, ranges[at]) for at in found])
        plain = np.stack([one.shares for one in seen if one is not None])
        students = np.array([float(one.students) for one in seen if one is not None])
        estimates = _rows(estimator.estimate(plain, sums, students))
        for at, estimate in zip(found, estimates, strict=True):
            one = seen[at]
            if one is not None:
                seen[at] = Sight(**{**vars(one), "estimate": estimate})
    return seen


def count_observations(buckets: Buckets, slices: Sequence[slice]) -> float:
    """Return the observations of a student in a bucket that counts."""
    return float(sum(buckets.students[one].sum() for one in slices))


def _rows(found: EstimatedShares) -> Doubles:
    return np.stack([found.shares, found.low, found.high], axis=1)


def _add_up(buckets: Buckets, slices: Sequence[slice]) -> Sight | None:
    weight = sum(float(buckets.weight[one].sum()) for one in slices)
    if not weight:
        return None
    parts = [one for one in slices if one.stop > one.start]
    posed = sum(float(buckets.posed[one].sum()) for one in parts)
    turned = sum(float(buckets.turned[one].sum()) for one in parts)
    shares = sum((buckets.shares[one].sum(0) for one in parts), start=np.zeros(7)) / weight
    return Sight(
        begin=float(buckets.starts[parts[0].start]),
        end=float(buckets.starts[parts[-1].stop - 1]) + buckets.seconds,
        seconds=float(sum((buckets.weight[one] > 0).sum() for one in parts)) * buckets.seconds,
        students=round(max(float(buckets.students[one].max()) for one in parts)),
        observations=count_observations(buckets, parts),
        shares=shares / shares.sum(),
        estimate=None,
        turned=turned / weight if abs(posed - weight) <= _SLACK * weight else None,
    )


def _evened(buckets: Buckets, slices: Sequence[slice]) -> Doubles:
    weight = sum(float(buckets.weight[one].sum()) for one in slices)
    sums = sum((buckets.evened[one].sum(0) for one in slices), start=np.zeros(7))
    evened: Doubles = sums / weight
    return evened
