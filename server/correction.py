"""Shares corrected for what the network confuses, beside the plain ones. Pure: no SQL, no web.

Told only where one network read everything that is told, and its card has a `ShareEstimator`.
What is told of fewer than enough students is left out before: `server.mood` hands over the
tallies that its own shares are of, and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from model.emotions import EMOTIONS
from model.quantification import ShareEstimator
from server.schemas import EstimatedShare, MoodPoint
from server.tally import Doubles, Tally

Estimators = Mapping[str, ShareEstimator]
"""Estimators by network version."""

_SLACK = 1e-6


@dataclass(frozen=True)
class Described:
    """A mood with the tallies its shares are of, and how many students were visible in them."""

    point: MoodPoint
    told: Sequence[Tally]
    students: int


def correct_shares(described: Sequence[Described], estimators: Estimators) -> list[MoodPoint]:
    """Return the points, with `estimated_shares` where they can be told."""
    points = [one.point for one in described]
    for version, estimator in estimators.items():
        which = [at for at, one in enumerate(described) if _is_known(one.told, version)]
        if not which:
            continue
        means = np.stack([_mean(described[at].told) for at in which])
        students = np.array([float(described[at].students) for at in which])
        found = estimator.estimate(means[:, 0], means[:, 1], students)
        for row, at in enumerate(which):
            shares = {
                emotion: EstimatedShare(
                    share=round(float(found.shares[row, k]), 6),
                    low=round(float(found.low[row, k]), 6),
                    high=round(float(found.high[row, k]), 6),
                )
                for k, emotion in enumerate(EMOTIONS)
            }
            points[at] = points[at].model_copy(update={"estimated_shares": shares})
    return points


def _is_known(told: Sequence[Tally], version: str) -> bool:
    """Tell whether one network read all of it, and left the sums an estimator needs."""
    return bool(told) and all(
        tally.network_version == version
        and abs(tally.even_share_sums.sum() - tally.weight) <= _SLACK * tally.weight
        for tally in told
    )


def _mean(told: Sequence[Tally]) -> Doubles:
    """Return `(2, 7)` mean probabilities of a student, and the evened-out ones."""
    sums = np.stack(
        [
            np.sum([tally.share_sums for tally in told], axis=0),
            np.sum([tally.even_share_sums for tally in told], axis=0),
        ]
    )
    means: Doubles = sums / sum(tally.weight for tally in told)
    return means
