"""The lesson that the simulated class lives through, and how its students take it. Invented.

Nothing here was learned from people; it only has to look like a class: students differ more
from each other than one does from moment to moment, and not all are always visible.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from model.emotions import EMOTIONS, Emotion
from server.schemas import SelfReportAnswer, SimulatedReading

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Scene:
    """A stretch of the lesson: what happens, for how many seconds, and where it pulls faces.

    pull: added to an emotion's log-odds for a student of average temperament. turned: how likely
    a face is turned to the screen. answers: how likely students tap which answer; what is left
    of 1 taps none.
    """

    name: str
    seconds: float
    pull: Mapping[Emotion, float]
    turned: float = 0.85
    answers: Mapping[SelfReportAnswer, float] = field(
        default_factory=lambda: {SelfReportAnswer.FOLLOWING: 0.45}
    )


LESSON: tuple[Scene, ...] = (
    Scene("Settling in", 70, {Emotion.NEUTRAL: 0.8, Emotion.HAPPY: 0.3}, 0.7),
    Scene("A joke", 18, {Emotion.HAPPY: 3.2, Emotion.SURPRISE: 0.6}, 0.9),
    Scene("Explaining", 72, {Emotion.NEUTRAL: 1.3}, 0.9),
    Scene(
        "A hard passage",
        130,
        {Emotion.SURPRISE: 2.2, Emotion.SAD: 1.5, Emotion.FEAR: 0.6, Emotion.ANGRY: 0.6},
        0.9,
        {
            SelfReportAnswer.FOLLOWING: 0.15,
            SelfReportAnswer.LOST: 0.4,
            SelfReportAnswer.TOO_FAST: 0.15,
        },
    ),
    Scene("An example helps", 100, {Emotion.NEUTRAL: 0.8, Emotion.HAPPY: 1.3}),
    Scene("Working alone", 110, {Emotion.NEUTRAL: 1.6}, 0.55),
    Scene(
        "Tired",
        100,
        {Emotion.NEUTRAL: 0.9, Emotion.SAD: 1.5},
        0.6,
        {SelfReportAnswer.FOLLOWING: 0.25, SelfReportAnswer.BORED: 0.3},
    ),
)
"""Ten minutes, after which it begins again."""

_USUAL = np.array([-0.9, -2.2, -1.2, 0.2, -0.2, -0.5, 1.2])
"""Log-odds of an ordinary listening face, in the order of `EMOTIONS`."""


def scene_at(at_seconds: float) -> Scene:
    """Return the scene at a time since the lesson began; the lesson repeats."""
    left = max(at_seconds, 0.0) % sum(scene.seconds for scene in LESSON)
    for scene in LESSON:
        if left < scene.seconds:
            return scene
        left -= scene.seconds
    return LESSON[-1]


class Student:
    """One simulated student with a temperament of their own; the same seed, the same student."""

    def __init__(self, number: int, seed: int) -> None:
        self._rng = rng = np.random.default_rng((seed, number))
        self._usual = _USUAL + rng.normal(0, 0.55, len(EMOTIONS))
        self._liveliness = rng.lognormal(0, 0.4)
        self._delay, self._slowness = rng.uniform(0.3, 6), rng.uniform(2, 8)
        self._hidden_share = 0.7 if number % 12 == 7 else 0.02  # a camera at the ceiling
        self._pauses = rng.random() < 0.5  # half pause when they leave, half just go
        self.arrives_at = rng.uniform(5, 45) if rng.random() < 0.15 else 0.0  # the late ones
        self._leaves_at, self._back_at = self._next_leave(self.arrives_at)
        self._mood: Doubles = self._usual.copy()
        self._stir: Doubles = np.zeros(len(EMOTIONS))
        self._last = 0.0
        self._scene = ""
        self._answer: SelfReportAnswer | None = None

    def read(self, at_seconds: float) -> SimulatedReading | None:
        """Invent what the camera shows at a time that only rises; None while it is paused."""
        self._live_on(at_seconds)
        if self._is_away(at_seconds):
            return None if self._pauses else SimulatedReading(faces=[])
        if self._rng.random() < self._hidden_share:
            return SimulatedReading(faces=[])
        odds = np.exp(self._mood + self._stir)
        shares = (odds / odds.sum()).round(6)
        turned = self._rng.random() < scene_at(at_seconds - self._delay).turned
        face = dict(zip(EMOTIONS, shares.tolist(), strict=True))
        return SimulatedReading(faces=[face], turned=int(turned))

    def say(self, at_seconds: float) -> SelfReportAnswer | None:
        """Invent the answer that stands on this student's page; None while there is none."""
        scene = scene_at(at_seconds - self._delay - self._slowness)
        if scene.name != self._scene:
            self._scene = scene.name
            answers, odds = list(scene.answers), list(scene.answers.values())
            drawn = self._rng.choice(len(odds) + 1, p=[*odds, 1 - sum(odds)])
            self._answer = answers[drawn] if drawn < len(answers) else None
        return None if self._is_away(at_seconds) else self._answer

    def _live_on(self, at_seconds: float) -> None:
        passed = max(at_seconds - self._last, 0.0)
        self._last = at_seconds
        pull = scene_at(at_seconds - self._delay).pull
        goal = self._usual + self._liveliness * np.array([pull.get(e, 0.0) for e in EMOTIONS])
        self._mood += (goal - self._mood) * (1 - np.exp(-passed / self._slowness))
        keep = np.exp(-passed / 3)
        self._stir = keep * self._stir + self._rng.normal(0, 0.45, 7) * np.sqrt(1 - keep**2)

    def _is_away(self, at_seconds: float) -> bool:
        if at_seconds >= self._back_at:
            self._leaves_at, self._back_at = self._next_leave(at_seconds)
        return self._leaves_at <= at_seconds < self._back_at

    def _next_leave(self, since: float) -> tuple[float, float]:
        leaves = since + self._rng.exponential(300) + 20
        return leaves, leaves + self._rng.uniform(15, 75)
