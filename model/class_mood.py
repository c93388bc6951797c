"""How well class shares are told: groups of labelled faces, true shares against estimated ones.

Pure numpy. Groups of 30 faces are drawn in two mixes: as the labelled faces come (`natural`), and
of shares drawn evenly from all shares there are (`even`: Dirichlet(1), faces then drawn with
replacement within each emotion). The error is in share points, the mean over groups and emotions
of the absolute difference; the coverage is how often the 95 % interval holds the true share.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from model.emotions import EMOTIONS
from model.quantification import ShareEstimator, even_out, fit_estimator

Integers = NDArray[np.int64]
Doubles = NDArray[np.float64]
Mix = Literal["natural", "even"]

MIXES: tuple[Mix, ...] = ("natural", "even")
GROUP_FACES = 30
GROUPS = 1000
FOLDS = 4
SEED = 1


@dataclass(frozen=True)
class MixFigures:
    """One mix. Errors and width are share points, coverage is a share, each with all groups.

    counting: shares of likeliest emotions; mean: mean probabilities; estimated: corrected.
    spread: standard deviation of the estimated error between folds, None without folds.
    """

    groups: int
    counting: float
    mean: float
    estimated: float
    coverage: float
    width: float
    spread: float | None


def measure_class_mood(
    probabilities: NDArray[np.floating],
    truth: Integers,
    estimator: ShareEstimator,
    *,
    groups: int = GROUPS,
    seed: int = SEED,
) -> dict[Mix, MixFigures]:
    """Measure an estimator on faces it was not fitted on.

    probabilities: `(n, 7)`; truth: `(n,)` indices into `EMOTIONS`, -1 is left out.
    """
    random = np.random.default_rng(seed)
    told, truth = probabilities[truth >= 0].astype(np.float64), truth[truth >= 0]
    return {
        mix: _summarise(
            [_measure_groups(told, truth, estimator, mix=mix, groups=groups, random=random)]
        )
        for mix in MIXES
    }


def cross_fit_class_mood(
    probabilities: NDArray[np.floating],
    truth: Integers,
    *,
    groups: int = GROUPS,
    folds: int = FOLDS,
    repeats: int = 5,
    seed: int = SEED,
) -> dict[Mix, MixFigures]:
    """Measure estimators on folds of the faces, each fitted on the other folds.

    At least `groups` groups of each mix, over `repeats` ways to fold. Raises `TooFewFaces`.
    """
    random = np.random.default_rng(seed)
    told, truth = probabilities[truth >= 0].astype(np.float64), truth[truth >= 0]
    each = -(-groups // (folds * repeats))
    parts: dict[Mix, list[Doubles]] = {mix: [] for mix in MIXES}
    for _ in range(repeats):
        for others, own in _fold(truth, folds, random):
            estimator = fit_estimator(told[others], truth[others])
            for mix in MIXES:
                parts[mix].append(
                    _measure_groups(
                        told[own], truth[own], estimator, mix=mix, groups=each, random=random
                    )
                )
    return {mix: _summarise(parts[mix]) for mix in MIXES}


def draw_groups(truth: Integers, mix: Mix, groups: int, random: np.random.Generator) -> Integers:
    """Return `(groups, 30)` indices of faces."""
    if mix == "natural":
        return random.integers(len(truth), size=(groups, GROUP_FACES))
    faces = [np.flatnonzero(truth == k) for k in range(len(EMOTIONS))]
    there = np.array([len(own) > 0 for own in faces], np.float64)
    shares = random.dirichlet(np.ones(len(EMOTIONS)), size=groups) * there
    drawn = np.empty((groups, GROUP_FACES), np.int64)
    for group, share in zip(drawn, shares, strict=True):
        emotions = random.choice(len(EMOTIONS), size=GROUP_FACES, p=share / share.sum())
        group[:] = [faces[k][random.integers(len(faces[k]))] for k in emotions]
    return drawn


def tell_figures(figures: dict[Mix, MixFigures]) -> dict[str, Any]:
    """Return figures for JSON."""
    return {
        mix: {
            name: value if value is None or isinstance(value, int) else round(value, 4)
            for name, value in asdict(one).items()
        }
        for mix, one in figures.items()
    }


def _fold(
    truth: Integers, folds: int, random: np.random.Generator
) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Yield (other folds, own fold), every emotion spread over the folds."""
    fold = np.empty(len(truth), np.int64)
    for k in range(len(EMOTIONS)):
        own = random.permutation(np.flatnonzero(truth == k))
        fold[own] = (np.arange(len(own)) + random.integers(folds)) % folds
    for number in range(folds):
        yield fold != number, fold == number


def _measure_groups(
    told: Doubles,
    truth: Integers,
    estimator: ShareEstimator,
    *,
    mix: Mix,
    groups: int,
    random: np.random.Generator,
) -> Doubles:
    """Return `(groups, 5)`: errors by counting, by means, estimated; coverage; width."""
    one_hot = np.eye(len(EMOTIONS))
    faces = draw_groups(truth, mix, groups, random)
    true = one_hot[truth[faces]].mean(1)
    counted = one_hot[told[faces].argmax(2)].mean(1)
    means, evened = told[faces].mean(1), even_out(told)[faces].mean(1)
    found = estimator.estimate(means, evened, np.full(groups, float(GROUP_FACES)))
    inside = (found.low - 1e-9 <= true) & (true <= found.high + 1e-9)
    return np.stack(
        [
            *(100 * np.abs(one - true).mean(1) for one in (counted, means, found.shares)),
            inside.mean(1),
            100 * (found.high - found.low).mean(1),
        ],
        axis=1,
    )


def _summarise(parts: list[Doubles]) -> MixFigures:
    every = np.concatenate(parts)
    counting, mean, estimated, coverage, width = every.mean(0).tolist()
    spread = float(np.std([part[:, 2].mean() for part in parts])) if len(parts) > 1 else None
    return MixFigures(len(every), counting, mean, estimated, coverage, width, spread)
