"""The settings of a training, saved with each checkpoint: a file explains itself. No torch."""

import math
from dataclasses import asdict, dataclass
from enum import StrEnum

from model.landmarks import DENSE_POINTS

FUSION = "landmark_fusion"
"""The network that takes facial points."""


MOST_SEED = 2**32 - 1
"""Torch, numpy and Optuna all take seeds up to here."""


class Optimizer(StrEnum):
    """How a step follows from the gradient."""

    SGD = "sgd"
    ADAM = "adam"
    ADAMW = "adamw"


class Schedule(StrEnum):
    """How the learning rate falls after the warm-up."""

    COSINE = "cosine"
    PLATEAU = "plateau"


class EmotionWeights(StrEnum):
    """How much a face of a rare emotion counts in the loss."""

    NONE = "none"
    BALANCED = "balanced"
    EFFECTIVE = "effective"


class Sampling(StrEnum):
    """Which faces an epoch shows."""

    NONE = "none"
    BALANCED = "balanced"


class WrongTrainingSetting(ValueError):
    """A setting outside its range; the message names the option and the range."""


@dataclass(frozen=True)
class TrainingConfig:
    """What is trained and how. The defaults of what came later mean what was done before it.

    `epochs`, `patience` and `plateau_patience` are epochs, shares are 0 to 1, and `gradient_clip`
    is the largest L2 norm of a step's gradient (Pascanu et al. 2013), 0 for no limit. `teachers`
    names those whose word was learnt; without any, the settings about them mean nothing.
    `landmark_network` is the file that locates 468 facial points; without it there are five.
    """

    network: str = "compact"
    data: str = ""
    votes: str = ""
    valid_share: float = 0.1
    epochs: int = 40
    batch: int = 128
    optimizer: str = Optimizer.SGD.value
    learning_rate: float = 0.1
    schedule: str = Schedule.COSINE.value
    warm_up_epochs: float = 2.0
    plateau_patience: int = 4
    plateau_factor: float = 0.3
    patience: int | None = None
    weight_decay: float = 5e-4
    momentum: float = 0.9
    gradient_clip: float = 5.0
    emotion_weights: str = EmotionWeights.NONE.value
    sampling: str = Sampling.NONE.value
    label_smoothing: float = 0.1
    crowd_share: float = 0.5
    average_decay: float = 0.998
    augmentation: float = 1.0
    start_from: str = ""
    landmark_network: str = ""
    seed: int = 1
    bfloat16: bool = True
    limit: int | None = None
    skip_bad: bool = False
    teachers: str = ""
    teacher_share: float = 0.7
    teacher_views: int = 4

    @property
    def points(self) -> int:
        """Facial points that a fusion is built for: 468, or 0 for its own number."""
        return DENSE_POINTS if self.landmark_network else 0

    def check(self) -> None:
        """Raise `WrongTrainingSetting` for the first setting that makes no sense."""
        for name, value in asdict(self).items():
            finite = not isinstance(value, float) or math.isfinite(value)
            _require(finite, name, "a finite number")
        _require(0 <= self.seed <= MOST_SEED, "seed", f"from 0 to {MOST_SEED}")
        for name, least in {
            "epochs": 1,
            "batch": 2,
            "plateau_patience": 1,
            "teacher_views": 1,
        }.items():
            _require(getattr(self, name) >= least, name, f"at least {least}")
        for name in ("patience", "limit"):
            value = getattr(self, name)
            _require(value is None or value >= 1, name, "at least 1")
        for name in ("warm_up_epochs", "weight_decay", "gradient_clip", "augmentation"):
            _require(getattr(self, name) >= 0, name, "0 or more")
        for name in ("label_smoothing", "momentum", "average_decay"):
            _require(0 <= getattr(self, name) < 1, name, "from 0 to below 1")
        for name in ("plateau_factor", "valid_share"):
            _require(0 < getattr(self, name) < 1, name, "between 0 and 1")
        for name in ("crowd_share", "teacher_share"):
            _require(0 <= getattr(self, name) <= 1, name, "from 0 to 1")
        fits = not self.landmark_network or self.network == FUSION
        _require(fits, "landmark_network", f"left out, or given with --network {FUSION}")
        _require(self.learning_rate > 0, "learning_rate", "above 0")
        for name, kinds in {
            "optimizer": Optimizer,
            "schedule": Schedule,
            "emotion_weights": EmotionWeights,
            "sampling": Sampling,
        }.items():
            _require(getattr(self, name) in list(kinds), name, f"one of {', '.join(kinds)}")

    def differences(self, other: "TrainingConfig") -> list[str]:
        """Name each setting that `other` has otherwise: `--epochs was 40, is now 20`."""
        ours, theirs = asdict(self), asdict(other)
        return [
            f"{spell_option(name)} was {_tell(value)}, is now {_tell(theirs[name])}"
            for name, value in ours.items()
            if value != theirs[name]
        ]


def spell_option(name: str) -> str:
    """Return a setting as it is given on the command line: `learning_rate` is `--learning-rate`."""
    return "--" + name.replace("_", "-")


def _require(fulfilled: bool, name: str, wanted: str) -> None:  # noqa: FBT001 - an assertion
    if not fulfilled:
        raise WrongTrainingSetting(f"{spell_option(name)} must be {wanted}.")


def _tell(value: object) -> str:
    return "none" if value is None or value == "" else str(value)
