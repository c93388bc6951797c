"""What each teacher tells of the training faces, asked once and kept beside the run."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from torch import Tensor

from model.training.checkpoint import CheckpointNotSaved
from model.training.datasets import FaceDataset
from model.training.distillation import ask_teacher
from model.training.members import Member, MemberTeacher


@dataclass(frozen=True)
class TeachersWord:
    """A teacher to be asked about `views` random views of every face, drawn by `seed`."""

    member: Member
    views: int
    seed: int

    def hear(self, faces: FaceDataset, kept: Path, console: Console) -> Tensor:
        """Return its mean probabilities `(n, 2, 7)`, 0 for a head that it lacks.

        They are kept in the folder `kept` and read from there when teacher, views, seed and faces
        are the same; a broken file is asked for again.
        """
        path = kept / f"{self._mark(faces)}.pt"
        if path.is_file():
            told = _read(path, len(faces))
            if told is not None:
                return told
            console.print(f"{path} is broken; {self.member.name} is asked again.")
        columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task(f"Asking {self.member.name}", total=len(faces))
            told = ask_teacher(
                MemberTeacher(self.member),
                faces,
                views=self.views,
                seed=self.seed,
                advance=lambda n: progress.advance(task, n),
            )
        _write(path, told)
        return told

    def _mark(self, faces: FaceDataset) -> str:
        about = hashlib.sha256(faces.crops.numpy().tobytes())
        about.update(f"{self.member.content} {self.views} {self.seed}".encode())
        return about.hexdigest()[:16]


def join_words(words: Sequence[Tensor], labels: Tensor) -> Tensor:
    """Return the mean of what several teachers tell, each `(n, 2, 7)`.

    A head is told by those who know it; by the labels `(n, 2, 7)` where none does.
    """
    told = torch.stack(tuple(words))
    knows = (told.sum((1, 3), keepdim=True) > 0).float()
    mean: Tensor = told.sum(0) / knows.sum(0).clamp(min=1)
    return torch.where(knows.sum(0) > 0, mean, labels)


def _read(path: Path, faces: int) -> Tensor | None:
    try:
        told: Any = torch.load(path, weights_only=True)
    except Exception:  # noqa: BLE001 - torch.load raises a dozen kinds; each means a broken file
        return None
    fits = isinstance(told, Tensor) and len(told) == faces and bool(told.isfinite().all())
    return told if fits else None


def _write(path: Path, told: Tensor) -> None:
    """Keep what was told, so that a crash leaves a whole file or none.

    Raises `CheckpointNotSaved`.
    """
    partial = path.with_suffix(".partial")
    encoded = io.BytesIO()  # torch's own writer hides the cause when the disk is full
    torch.save(told, encoded)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(encoded.getbuffer())
        partial.replace(path)
    except OSError as error:
        raise CheckpointNotSaved(
            f"{path}, what a teacher told, could not be written ({error.strerror or error})."
        ) from error
