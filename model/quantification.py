"""Class shares corrected for what a network confuses: sums over students in, shares out.

Pure numpy and scipy; knows neither files nor torch. Estimating how common each emotion is in a
group, without deciding about any one face, is called quantification (Saerens et al. 2002,
González et al. 2017). What is known of a group here is two means over its faces: of the
probabilities, and of the same probabilities with the rare emotions lifted (`even_out`).

Given how many faces of the group show each emotion, these twelve numbers are nearly normal, with
mean and covariance known from labelled faces (`ShareEstimator`). Bayes' rule turns that around;
beforehand a group is taken to be either of the mix of the labelled faces or of any mix at all,
with equal odds. `model.truncated_normal` does the integral.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from model.emotions import EMOTIONS
from model.truncated_normal import OnSimplex, mix_quantiles, truncate_to_simplex

Doubles = NDArray[np.float64]

COMMONNESS = np.array([0.085, 0.01, 0.025, 0.3, 0.1, 0.13, 0.35])
"""Roughly how common each emotion is on web pictures; `even_out` divides by it.

Any fixed numbers serve, because an estimator is fitted to what comes out. They are stored in sums
for good, so they never change.
"""

FREE = len(EMOTIONS) - 1
"""Shares that are free: the last is what the others leave."""
MOMENTS = 2 * FREE
FEWEST_FACES = 5
"""Least labelled faces of each emotion from which an estimator is fitted."""
POOLED_FACES = 4.0
"""An emotion's covariance is mixed with that of all, which counts as so many faces."""
NATURAL_FACES = 300.0
"""How strongly a group of the natural mix is taken to be of it: as after so many faces."""
LEVEL = 0.95
"""What part of such groups the intervals are to contain."""
STEP_MARGIN = 0.5
"""A share of n students is a step of 1/n; it stands for half a step to either side."""
WIDENING = 0.35
"""Intervals reach this part of a step further. With it and `LEARNT_FACES`, groups of faces that
were not fitted on are inside as often as `LEVEL` says, in both mixes (docs/class_mood.md)."""
LEARNT_FACES = 3.0
"""The means are as unsure as from a third of the labelled faces: new ones differ more."""


class TooFewFaces(ValueError):
    """Labelled faces too few to fit an estimator on; the message says of which emotion."""


@dataclass(frozen=True)
class EstimatedShares:
    """Shares of groups with their 95 % intervals, each `(g, 7)`.

    `shares` are whole students of those there are, and sum to 1.
    """

    shares: Doubles
    low: Doubles
    high: Doubles


class ShareEstimator(BaseModel):
    """How one network sees each emotion; travels in its card. Made by `fit_estimator`.

    natural: `(7,)` shares of the labelled faces. faces: `(7,)` how many of each were seen.
    means: `(7, 12)` of `describe_faces` by true emotion. covariances: `(7, 12, 12)` likewise.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    natural: tuple[FiniteFloat, ...] = Field(min_length=len(EMOTIONS), max_length=len(EMOTIONS))
    faces: tuple[int, ...] = Field(min_length=len(EMOTIONS), max_length=len(EMOTIONS))
    means: tuple[tuple[FiniteFloat, ...], ...]
    covariances: tuple[tuple[tuple[FiniteFloat, ...], ...], ...]

    @model_validator(mode="after")
    def _check_shapes(self) -> Self:
        shapes = np.shape(self.means), np.shape(self.covariances)
        if shapes != ((len(EMOTIONS), MOMENTS), (len(EMOTIONS), MOMENTS, MOMENTS)):
            raise ValueError("means must be 7 x 12 and covariances 7 x 12 x 12")
        if min(self.natural) <= 0 or abs(sum(self.natural) - 1) > 1e-3 or min(self.faces) < 1:
            raise ValueError("natural must be positive and sum to 1, faces be 1 or more")
        return self

    def estimate(
        self, probabilities: Doubles, evened: Doubles, students: Doubles
    ) -> EstimatedShares:
        """Estimate the shares among the visible students of each group.

        probabilities, evened: `(g, 7)` means over the group's students; students: `(g,)` how many.
        """
        seen = np.concatenate((probabilities[:, :FREE], evened[:, :FREE]), axis=1)
        parts = [self._condition(seen, students, natural=natural) for natural in (True, False)]
        evidence = np.stack([part.log_evidence for part in parts])
        weights = np.exp(evidence - evidence.max(0))
        weights /= weights.sum(0)
        low, middle, high = mix_quantiles(parts, weights, ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2))
        whole = np.maximum(middle, 0)
        shares = _round_to_students(whole / whole.sum(1, keepdims=True), students)
        reach = WIDENING / students[:, None]
        low, high = np.clip(low - reach, 0, 1), np.clip(high + reach, 0, 1)
        return EstimatedShares(shares, np.minimum(low, shares), np.maximum(high, shares))

    def _condition(self, seen: Doubles, students: Doubles, *, natural: bool) -> OnSimplex:
        """Return what is known of the shares of groups that are of the natural mix, or of any."""
        means, covariances = np.array(self.means), np.array(self.covariances)
        slope = (means[:FREE] - means[FREE]).T
        shares = np.repeat(np.array(self.natural)[None], len(seen), axis=0)
        for _ in range(3):  # the noise depends on the shares, though weakly
            noise = np.einsum("gk,kij->gij", self._noise_weights(shares, students), covariances)
            part = truncate_to_simplex(
                slope,
                seen - means[FREE],
                noise,
                self._prior(students) if natural else None,
                STEP_MARGIN / students,
            )
            shares = part.mean
        return part

    def _noise_weights(self, shares: Doubles, students: Doubles) -> Doubles:
        """Return how much of each covariance a group's means have, from faces seen and learnt."""
        weights: Doubles = shares / students[:, None] + shares**2 * LEARNT_FACES / np.array(
            self.faces
        )
        return weights

    def _prior(self, students: Doubles) -> tuple[Doubles, Doubles]:
        """Return mean `(6,)` and covariance `(g, 6, 6)` of a group drawn from the natural mix."""
        shares = np.array(self.natural)[:FREE]
        spread = np.diag(shares) - np.outer(shares, shares)
        return shares, spread * (1 / students + 1 / NATURAL_FACES)[:, None, None]


def even_out(probabilities: NDArray[np.floating]) -> Doubles:
    """Return probabilities `(n, 7)` as if every emotion were as common as any other."""
    lifted = probabilities.astype(np.float64) / COMMONNESS
    evened: Doubles = lifted / np.maximum(lifted.sum(-1, keepdims=True), 1e-300)
    return evened


def describe_faces(probabilities: NDArray[np.floating]) -> Doubles:
    """Return `(n, 12)`: the first six probabilities of each face, and of them evened out."""
    whole = probabilities.astype(np.float64)
    return np.concatenate((whole[:, :FREE], even_out(whole)[:, :FREE]), axis=1)


def fit_estimator(probabilities: NDArray[np.floating], truth: NDArray[np.int64]) -> ShareEstimator:
    """Fit on labelled faces that the network was not trained on.

    probabilities: `(n, 7)` of the network as it ships; truth: `(n,)` indices into `EMOTIONS`, -1
    for a face that is left out. Raises `TooFewFaces`.
    """
    told = truth >= 0
    described, truth = describe_faces(probabilities[told]), truth[told]
    faces = np.bincount(truth, minlength=len(EMOTIONS))
    if faces.min() < FEWEST_FACES:
        rare = EMOTIONS[int(faces.argmin())]
        raise TooFewFaces(
            f"Only {faces.min()} faces are {rare}; class shares can be corrected from "
            f"{FEWEST_FACES} labelled faces of each emotion on."
        )
    own = [np.cov(described[truth == k].T, bias=True) for k in range(len(EMOTIONS))]
    pooled = np.mean(own, axis=0)
    covariances = [
        (n * c + POOLED_FACES * pooled) / (n + POOLED_FACES)
        for n, c in zip(faces, own, strict=True)
    ]
    return ShareEstimator(
        natural=_rounded(faces / faces.sum()),
        faces=tuple(faces.tolist()),
        means=tuple(_rounded(described[truth == k].mean(0)) for k in range(len(EMOTIONS))),
        covariances=tuple(tuple(_rounded(row) for row in c) for c in covariances),
    )


def _round_to_students(shares: Doubles, students: Doubles) -> Doubles:
    """Return the nearest shares that whole students can have (largest remainders, Hare)."""
    count = np.maximum(np.rint(students), 1)[:, None]
    whole = np.floor(shares * count + 1e-9)
    left = np.rint(count - whole.sum(1, keepdims=True))
    order = np.argsort(whole - shares * count, axis=1, kind="stable")
    rank = np.argsort(order, axis=1, kind="stable")
    told: Doubles = (whole + (rank < left)) / count
    return told


def _rounded(values: Doubles) -> tuple[float, ...]:
    return tuple(float(f"{value:.7g}") for value in values)
