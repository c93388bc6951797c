"""Face datasets in memory: crops with their emotion. Reads FER2013 from a zip archive."""

import csv
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from model.emotions import EMOTIONS, parse_emotion

VOTES = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
"""FER+'s columns of the seven emotions, in the order of `EMOTIONS`."""
OTHER_VOTES = ("contempt", "unknown", "not_a_face")


class UnreadableDataset(ValueError):
    """A dataset with a fault; the message names the file and line."""


@dataclass(frozen=True)
class FaceDataset:
    """Grey face crops with one label each and, where there are any, the crowd's votes.

    `crops` is `(n, 48, 48) uint8`; `emotions` is `(n,) int64`, indices into `EMOTIONS`; `votes`
    is `(n, 8) float32`: FER+ votes for the seven emotions, then for anything else, all zero for a
    face that nobody voted on.
    """

    crops: Tensor
    emotions: Tensor
    votes: Tensor

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.emotions)

    def emotion_counts(self) -> list[int]:
        """Return the number of faces per emotion, in `EMOTIONS` order."""
        return torch.bincount(self.emotions, minlength=len(EMOTIONS)).tolist()

    def first(self, n: int) -> "FaceDataset":
        """Return the first `n` faces, for quick trials."""
        return FaceDataset(self.crops[:n], self.emotions[:n], self.votes[:n])

    def targets(self, smoothing: float = 0.0) -> Tensor:
        """Return what a network should tell: `(n, 2, 7)`, a distribution per label set.

        The crowd's is the share of its votes for each emotion; all zero, so that nothing is
        learnt from it, where no vote is for an emotion. `smoothing` is for the single label
        (Szegedy et al. 2016): the share spread over all emotions.
        """
        count = len(EMOTIONS)
        votes = self.votes[:, :count]
        crowd = votes / votes.sum(1, keepdim=True).clamp(min=1)
        single = torch.full((len(self), count), smoothing / count)
        single[torch.arange(len(self)), self.emotions] += 1 - smoothing
        return torch.stack((crowd, single), dim=1)

    def majority(self) -> Tensor:
        """Return the emotion that more than half of all votes are for, `(n,) int64`, or -1."""
        most, emotion = self.votes[:, : len(EMOTIONS)].max(1)
        return torch.where(most * 2 > self.votes.sum(1), emotion, -1)

    def truth(self) -> Tensor:
        """Return what counts as right: `(n, 2) int64`, -1 where a label set is undecided."""
        return torch.stack((self.majority(), self.emotions), dim=1)


def read_fer2013_zip(path: Path, split: str) -> FaceDataset:
    """Read one split (`train` or `valid`) of a FER2013 zip with a `labels.csv` inside.

    Raises `UnreadableDataset` naming the line of `labels.csv` or the picture at fault.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            rows = _read_rows(archive, split)
            crops = np.stack([_read_crop(archive, name) for name, _, _ in rows])
    except (FileNotFoundError, zipfile.BadZipFile, KeyError) as error:
        raise UnreadableDataset(f"{path}: cannot be read as a FER2013 zip ({error}).") from error
    emotions = torch.tensor([EMOTIONS.index(emotion) for _, emotion, _ in rows])
    votes = torch.tensor([votes for _, _, votes in rows], dtype=torch.float32)
    return FaceDataset(torch.from_numpy(crops), emotions, votes)


def _read_rows(archive: zipfile.ZipFile, split: str) -> list[tuple[str, str, list[int]]]:
    text = io.TextIOWrapper(archive.open("labels.csv"), encoding="utf-8")
    rows: list[tuple[str, str, list[int]]] = []
    for number, row in enumerate(csv.DictReader(text), start=2):
        try:
            file, emotion, votes = row["file"], parse_emotion(row["emotion"]), parse_votes(row)
        except (KeyError, AttributeError, ValueError) as error:
            raise UnreadableDataset(f"labels.csv, line {number}: {error}") from error
        if file.startswith(f"{split}/"):
            rows.append((file, emotion, votes))
    if not rows:
        raise UnreadableDataset(f"labels.csv lists no picture under {split}/.")
    return rows


def parse_votes(row: dict[str, str]) -> list[int]:
    """Read a line's FER+ votes: the seven emotions, then all others together; empty is none.

    Raises `ValueError` naming the column.
    """
    counts = [_parse_count(row, name) for name in (*VOTES, *OTHER_VOTES)]
    return [*counts[: len(VOTES)], sum(counts[len(VOTES) :])]


def _parse_count(row: dict[str, str], column: str) -> int:
    text = (row.get(column) or "").strip()
    if text and not (text.isascii() and text.isdigit()):
        raise ValueError(f"“{text}” in column {column} is not a number of votes.")
    return int(text or 0)


def _read_crop(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    encoded = np.frombuffer(archive.read(name), np.uint8)
    crop = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
    if crop is None or crop.shape != (48, 48):
        raise UnreadableDataset(f"{name}: not a 48x48 picture.")
    return crop
