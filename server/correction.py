"""Shares corrected for what the network confuses, beside the plain ones. Pure: no SQL, no web.

Told only where one network read everything that is told, and its card has a `ShareEstimator`.
What is told of fewer than enough students is left out before: `server.mood` hands over the
tallies that its own shares are of, and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from model.emotions import EMOTIONS, Emotion
from model.quantification import ShareEstimator
from server.memo import Memo
from server.schemas import EstimatedShare, MoodPoint
from server.tally import Doubles, Tally

Estimators = Mapping[str, ShareEstimator]
"""Estimators by network version."""

MOST_KEPT = 4096
"""Estimates kept for the next reading: those of nearly six hours in buckets of 5 s."""

_SLACK = 1e-6
_Estimate = dict[Emotion, EstimatedShare]
_Key = tuple[bytes, int]


@dataclass(frozen=True)
class Described:
    """A mood with the tallies its shares are of, and how many students were visible in them."""

    point: MoodPoint
    told: Sequence[Tally]
    students: int


def correct_shares(described: Sequence[Described], estimators: Estimators) -> list[MoodPoint]:
    """Return the points, with `estimated_shares` where they can be told.

    What the same sums gave before is taken from memory: buckets that are over don't change.
    """
    points = [one.point for one in described]
    for version, estimator in estimators.items():
        which = [at for at, one in enumerate(described) if _is_known(one.told, version)]
        means = {at: _mean(described[at].told) for at in which}
        keys = {at: (means[at].tobytes(), described[at].students) for at in which}
        kept = _memo_of(estimator)
        told = {at: kept.find(keys[at]) for at in which}
        new = [at for at in which if told[at] is None]
        if new:
            students = np.array([float(described[at].students) for at in new])
            estimates = _estimate(estimator, np.stack([means[at] for at in new]), students)
            for at, estimate in zip(new, estimates, strict=True):
                told[at] = kept.keep(keys[at], estimate)
        for at in which:
            points[at] = points[at].model_copy(update={"estimated_shares": told[at]})
    return points


def _estimate(estimator: ShareEstimator, means: Doubles, students: Doubles) -> list[_Estimate]:
    """Estimate the shares of `(g,)` students from means `(g, 2, 7)`."""
    found = estimator.estimate(means[:, 0], means[:, 1], students)
    return [
        {
            emotion: EstimatedShare(
                share=round(float(found.shares[row, k]), 6),
                low=round(float(found.low[row, k]), 6),
                high=round(float(found.high[row, k]), 6),
            )
            for k, emotion in enumerate(EMOTIONS)
        }
        for row in range(len(means))
    ]


@lru_cache(maxsize=4)
def _memo_of(estimator: ShareEstimator) -> Memo[_Key, _Estimate]:  # noqa: ARG001 - one for each
    """Return what this estimator has told so far."""
    return Memo(MOST_KEPT)


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
