"""Learning-rate schedules: a factor of the highest rate at any point of a run. No torch."""

import math
from dataclasses import dataclass
from typing import Any, Protocol

from model.training.config import Schedule, TrainingConfig


class RateSchedule(Protocol):
    """Tells the rate, and may learn from how the run goes."""

    def factor(self, at: float) -> float:
        """Return the share of the highest rate after `at` epochs, which may be a fraction."""
        ...

    def note(self, score: float) -> None:
        """Hear an epoch's score on `valid`; higher is better."""
        ...

    def state(self) -> dict[str, Any]:
        """Return what a run must remember to go on."""
        ...

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`; an empty one is a run's begin."""
        ...


@dataclass(frozen=True)
class CosineSchedule:
    """Warm up linearly, then follow a cosine to zero (Loshchilov & Hutter 2017)."""

    epochs: float
    warm_up: float

    def factor(self, at: float) -> float:
        """Return the share of the highest rate after `at` epochs."""
        if at < self.warm_up:
            return _warm_up(at, self.warm_up)
        left = max(self.epochs - self.warm_up, 1e-9)
        return min(0.5 * (1 + math.cos(math.pi * (at - self.warm_up) / left)), 1.0)

    def note(self, score: float) -> None:
        """Nothing: the curve depends on the epoch alone."""

    def state(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Nothing."""


@dataclass
class PlateauSchedule:
    """Warm up linearly, then shrink after `patience` epochs without a better score."""

    warm_up: float
    patience: int
    shrink: float
    level: float = 1.0
    best: float = -math.inf
    waited: int = 0

    def factor(self, at: float) -> float:
        """Return the share of the highest rate after `at` epochs."""
        return _warm_up(at, self.warm_up) if at < self.warm_up else self.level

    def note(self, score: float) -> None:
        """Count an epoch without a better score; shrink when there were too many."""
        if score > self.best:
            self.best, self.waited = score, 0
            return
        self.waited += 1
        if self.waited >= self.patience:
            self.level, self.waited = self.level * self.shrink, 0

    def state(self) -> dict[str, Any]:
        """Return level, best score and epochs waited."""
        return {"level": self.level, "best": self.best, "waited": self.waited}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        self.level = state.get("level", 1.0)
        self.best, self.waited = state.get("best", -math.inf), state.get("waited", 0)


def build_schedule(config: TrainingConfig) -> RateSchedule:
    """Make the schedule that a config asks for."""
    if config.schedule == Schedule.PLATEAU:
        return PlateauSchedule(
            config.warm_up_epochs, config.plateau_patience, config.plateau_factor
        )
    return CosineSchedule(config.epochs, config.warm_up_epochs)


def _warm_up(at: float, warm_up: float) -> float:
    """Rise linearly; the first step of all is small but not zero."""
    return min((at + 0.05) / warm_up, 1.0)
