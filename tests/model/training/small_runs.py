"""Trainings of seconds, for tests: the smallest network on invented faces. Needs torch."""

import json
from pathlib import Path
from typing import Any

from rich.console import Console

from model.training.config import TrainingConfig
from model.training.datasets import DataSplits
from model.training.train import TrainingRun

QUIET = Console(quiet=True)
TINY = TrainingConfig(network="tiny", epochs=4, batch=20, average_decay=0.5, label_smoothing=0.0)


def start(
    faces: DataSplits, folder: Path, config: TrainingConfig = TINY, **more: Any
) -> TrainingRun:
    folder.mkdir(exist_ok=True)
    return TrainingRun(config, folder, faces.train, faces.valid, **more)


def read_metrics(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").open()]


class Listener:
    """A tracker that remembers what it was told."""

    def __init__(self) -> None:
        self.config, self.epochs, self.summary = {}, [], {}

    def start(self, config) -> None:
        self.config = config

    def epoch(self, metrics) -> None:
        self.epochs.append(metrics)

    def finish(self, summary) -> None:
        self.summary = summary
