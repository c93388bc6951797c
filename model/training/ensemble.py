"""Ensembles: several networks told as one, weighted by how well each explains validation faces."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from model.card import ModelCard
from model.emotions import EMOTIONS, LABEL_SETS, LabelSet
from model.training.calibration import HeadLogits, Scalings
from model.training.datasets import FaceDataset
from model.training.exporting.description import describe_calibration
from model.training.members import Member, Told, scale_pixels
from model.training.merging import LEAST

ROUNDS = 2000
Floats = NDArray[np.float64]


class UnusableEnsemble(ValueError):
    """Networks that can't be one; the message says why."""


@dataclass(frozen=True)
class Ensemble:
    """Members with what they tell of validation faces, and their weights per label set.

    A member's weight is 0 on a label set that it does not know; each label set's sum to 1.
    """

    members: tuple[Member, ...]
    told: tuple[Told, ...]
    weights: dict[LabelSet, tuple[float, ...]]

    @classmethod
    def fit(cls, members: Sequence[Member], faces: FaceDataset) -> "Ensemble":
        """Weigh members by the likelihood of `faces`; equally where none of them is labelled.

        Raises `UnusableEnsemble`.
        """
        _check_crops(members)
        told = tuple(member.tell(scale_pixels(faces.crops)) for member in members)
        weights = {
            labels: _spread(told, labels, faces)
            for labels in LABEL_SETS
            if any(labels in one for one in told)
        }
        return cls(tuple(members), told, weights)

    def plain(self) -> "Ensemble":
        """Return the same with equal weights."""
        weights = {
            labels: _share([float(labels in one) for one in self.told]) for labels in self.weights
        }
        return Ensemble(self.members, self.told, weights)

    def tell(self) -> Told:
        """Return the weighted mean of the members' probabilities of the validation faces."""
        return {labels: self._mix(labels) for labels in self.weights}

    def logits(self) -> HeadLogits:
        """Return the logarithms of `tell`, for calibration."""
        return {
            labels: torch.from_numpy(np.log(np.maximum(told, LEAST)).astype(np.float32))
            for labels, told in self.tell().items()
        }

    def _mix(self, labels: LabelSet) -> NDArray[np.float32]:
        pairs = zip(self.weights[labels], self.told, strict=True)
        parts = [weight * one[labels] for weight, one in pairs if labels in one]
        mixed: NDArray[np.float32] = np.sum(parts, 0).astype(np.float32)
        return mixed


def fit_weights(likelihoods: Floats) -> Floats:
    """Find the weights `(m,)` of a mixture with the greatest likelihood of all faces.

    `likelihoods` is `(m, n)`: what each member gives each face's true emotion. The likelihood is
    concave in the weights, and expectation maximisation (Dempster et al. 1977) climbs it without
    leaving the simplex.
    """
    weights = np.full(len(likelihoods), 1 / len(likelihoods))
    floored = np.maximum(likelihoods.astype(np.float64), LEAST)
    for _ in range(ROUNDS):
        shares = weights[:, None] * floored
        moved = (shares / shares.sum(0)).mean(1)
        done = np.abs(moved - weights).max() < 1e-7
        weights = moved
        if done:
            break
    return weights


def describe_ensemble(ensemble: Ensemble, scalings: Scalings, version: str, side: int) -> ModelCard:
    """Write the card of the merged network: crops as its first member wants them, `side` wide."""
    first = ensemble.members[0].card
    parts = [
        f"{member.card.name} {member.card.version} ("
        + ", ".join(
            f"{labels} {weights[at]:.3f}"
            for labels, weights in ensemble.weights.items()
            if labels in member.outputs
        )
        + ")"
        for at, member in enumerate(ensemble.members)
    ]
    sources = dict.fromkeys(member.card.trained_on for member in ensemble.members)
    return ModelCard(
        name="roomtone-ensemble",
        version=version,
        emotions=EMOTIONS,
        side=side,
        mean=first.mean,
        std=first.std,
        crop_side=first.crop_side,
        temperature=1.0,
        calibration=scalings or None,
        measured=(),
        trained_on="; ".join(sources),
        description=(
            f"Weighted mean of {len(parts)} networks, weights fitted on valid: {', '.join(parts)}; "
            f"{describe_calibration(scalings)}"
        ),
        limits=first.limits,
    )


def _check_crops(members: Sequence[Member]) -> None:
    if len(members) < 2:
        raise UnusableEnsemble("An ensemble needs at least two networks; one alone is exported.")
    first = members[0]
    for member in members[1:]:
        if abs(member.card.crop_side - first.card.crop_side) > 1e-6:
            raise UnusableEnsemble(
                f"{member.name} wants faces cut {member.card.crop_side:g} times their box, and "
                f"{first.name} {first.card.crop_side:g} times; they can't look at the same crops. "
                "Leave one out."
            )


def _spread(told: Sequence[Told], labels: LabelSet, faces: FaceDataset) -> tuple[float, ...]:
    """Return every member's weight on a label set."""
    truth = faces.truth()[:, LABEL_SETS.index(labels)].numpy()
    decided = truth >= 0
    known = [at for at, one in enumerate(told) if labels in one]
    fitted = np.full(len(known), 1 / len(known))
    if decided.any():
        rows = np.arange(int(decided.sum()))
        fitted = fit_weights(
            np.stack([told[at][labels][decided][rows, truth[decided]] for at in known])
        )
    weights = [0.0] * len(told)
    for at, weight in zip(known, fitted, strict=True):
        weights[at] = round(float(weight), 4)
    return _share(weights)


def _share(weights: Sequence[float]) -> tuple[float, ...]:
    return tuple(weight / sum(weights) for weight in weights)
