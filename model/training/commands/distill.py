"""What `roomtone distill` does: asks the teachers once, then trains as `roomtone train` does."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text
from torch import Tensor

from model.training.commands.train import run_training
from model.training.config import TrainingConfig
from model.training.datasets import DataSplits
from model.training.distillation import blend_targets
from model.training.members import Member
from model.training.teaching import TeachersWord, join_words


def run_distillation(
    teachers: Sequence[Path],
    config: TrainingConfig,
    folder: Path,
    **running: Any,  # noqa: ANN401 - what `run_training` takes
) -> int:
    """Ask the teachers and train, or go on; return the exit code.

    `running` is what `run_training` takes.
    """
    complaints = Console(stderr=True, highlight=False, soft_wrap=True)
    if missing := [path for path in teachers if not path.is_file()]:
        complaints.print(Text(f"There is no teacher at {', '.join(map(str, missing))}."))
        return 1
    config = replace(config, teachers=", ".join(name_teacher(path) for path in teachers))

    def ask(splits: DataSplits) -> Tensor:
        return ask_teachers(teachers, config, folder, splits, complaints)

    return run_training(config, folder, make_targets=ask, **running)


def ask_teachers(
    paths: Sequence[Path],
    config: TrainingConfig,
    folder: Path,
    splits: DataSplits,
    console: Console,
) -> Tensor:
    """Return targets `(n, 2, 7)`: labels and the mean of what all teachers tell, blended.

    Raises what `Member.read` does.
    """
    members = [Member.read(path, splits.valid) for path in paths]
    words = [
        TeachersWord(member, config.teacher_views, config.seed).hear(
            splits.train, folder / "teachers", console
        )
        for member in members
    ]
    labels = splits.train.targets(config.label_smoothing)
    return blend_targets(labels, join_words(words, labels), config.teacher_share)


def name_teacher(path: Path) -> str:
    """Return a file's name with a mark of its content: `best.pt (3f2a9c01)`."""
    return f"{path.name} ({hashlib.sha256(path.read_bytes()).hexdigest()[:8]})"
