"""Both networks, watched: what they were given in one reading can be given to them again, alone."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from model.classifier import EmotionClassifier
from model.emotions import LabelSet
from model.faces import Floats
from model.finders.centerface import CenterFace
from model.last_seen import LastSeen
from model.pipeline import FramePipeline, FrameReading

Work = Callable[[], object]


class Networks:
    """A pipeline as the server has it. For one thread, but for what `read` returns."""

    def __init__(self, network: Path | None = None) -> None:
        self._runs: list[Work] = []
        finder = _WatchedFinder()
        self.classifier = _WatchedClassifier.load(network)
        assert isinstance(self.classifier, _WatchedClassifier)  # noqa: S101 - load keeps the class
        finder.runs = self.classifier.runs = self._runs
        self.pipeline = FramePipeline(finder, self.classifier)

    def read(self, data: bytes, last: LastSeen | None = None) -> tuple[FrameReading, Work]:
        """Read a frame; return also what runs the networks on the same inputs, and no more.

        That may be called from any thread.
        """
        self._runs.clear()
        reading = self.pipeline.read(data, last)
        runs = list(self._runs)

        def run_alone() -> None:
            for run in runs:
                run()

        return reading, run_alone

    def eight_faces(self) -> Work:
        """Return what classifies one batch of eight."""
        side = self.classifier.card.side
        crops = np.random.default_rng(1).normal(size=(8, 1, side, side)).astype(np.float32)
        return lambda: self.classifier.classify(crops)


class _WatchedFinder(CenterFace):
    def __init__(self) -> None:
        super().__init__()
        self.runs: list[Work] = []

    def run(self, prepared: Floats) -> list[Floats]:
        run = super().run
        self.runs.append(lambda: run(prepared))
        return run(prepared)


class _WatchedClassifier(EmotionClassifier):
    runs: list[Work] | None = None

    def classify(
        self, crops: Floats, labels: LabelSet | None = None, *, points: Floats | None = None
    ) -> Floats:
        classify = super().classify
        if self.runs is not None:
            self.runs.append(lambda: classify(crops, labels, points=points))
        return classify(crops, labels, points=points)
