"""A run's folder: `last.pt`, `best.pt` and `metrics.jsonl`, which no crash spoils."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from model.training.checkpoint import Checkpoint, CheckpointNotSaved, UnreadableCheckpoint
from model.training.config import TrainingConfig
from model.training.folder_lock import AlreadyLocked, hold


class RunFolderTaken(RuntimeError):
    """Two trainings would spoil each other's checkpoints in one folder."""


class RunFolder:
    """Where a run keeps what it needs to go on.

    An epoch's line and `best.pt` come before `last.pt`. Who is cut off between them trains that
    epoch again, and the line written too early is taken back.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.last, self.best = path / "last.pt", path / "best.pt"
        self.metrics = path / "metrics.jsonl"

    def make(self) -> None:
        """Make the folder. Raises `CheckpointNotSaved` with what is in the way."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CheckpointNotSaved(
                f"The run's folder {self.path} cannot be made ({error.strerror})."
            ) from error

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Make the folder and keep it for this process.

        Raises `CheckpointNotSaved`, and `RunFolderTaken` while another process trains in it.
        """
        self.make()
        with ExitStack() as held:
            try:
                held.enter_context(hold(self.path / ".lock"))
            except OSError as error:
                raise CheckpointNotSaved(
                    f"Nothing can be written into {self.path} ({error.strerror})."
                ) from error
            except AlreadyLocked as error:
                raise RunFolderTaken(
                    f"Another training is going on in {self.path}. Wait for it, or give another "
                    "--run folder."
                ) from error
            yield

    def load_last(self, config: TrainingConfig) -> Checkpoint | None:
        """Return the last checkpoint, or None in a new folder.

        Raises `UnreadableCheckpoint` naming every setting that is another than `config`'s.
        """
        if not self.last.exists():
            return None
        stored = Checkpoint.load(self.last)
        if differences := stored.config.differences(config):
            raise UnreadableCheckpoint(
                f"{self.last} was written with other settings ({'; '.join(differences)}). "
                "Give the same settings to resume, or another --run folder to start anew."
            )
        return stored

    def find_best(self, last: Checkpoint) -> tuple[float, int]:
        """Return the best score so far and its epoch; (0, 0) before there is one."""
        if last.progress:
            return last.progress["best_accuracy"], last.progress["best_epoch"]
        if not self.best.exists():
            return 0.0, 0
        best = Checkpoint.load(self.best)
        return best.valid_accuracy, best.epoch

    def save(self, checkpoint: Checkpoint, metrics: dict[str, Any], *, best: bool) -> None:
        """Write an epoch. Raises `CheckpointNotSaved`; then the epoch before is still whole."""
        self._append(json.dumps(metrics, allow_nan=False) + "\n")
        if best:
            checkpoint.save(self.best)
        checkpoint.save(self.last)

    def forget_after(self, epoch: int) -> None:
        """Take back the lines of epochs after `epoch`, and one that was cut off.

        Raises `CheckpointNotSaved`, and `UnreadableCheckpoint` for a line that is none of ours.
        """
        if not self.metrics.exists():
            return
        try:
            lines = self.metrics.read_text("utf-8").splitlines(keepends=True)
            kept = [line for line in lines if line.endswith("\n") and _epoch_of(line) <= epoch]
            if kept != lines:
                partial = self.metrics.with_suffix(".partial")
                partial.write_text("".join(kept), "utf-8")
                partial.replace(self.metrics)
        except OSError as error:
            raise CheckpointNotSaved(
                f"{self.metrics} could not be read and written ({error.strerror})."
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableCheckpoint(
                f"{self.metrics} has lines that no training wrote. Move it away to go on."
            ) from error

    def _append(self, line: str) -> None:
        try:
            with self.metrics.open("a", encoding="utf-8") as log:
                log.write(line)
        except OSError as error:
            raise CheckpointNotSaved(
                f"{self.metrics} could not be written ({error.strerror}). "
                "The checkpoint of the epoch before is kept."
            ) from error


def _epoch_of(line: str) -> int:
    return int(json.loads(line)["epoch"])
