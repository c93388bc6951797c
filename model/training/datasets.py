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

from model.emotions import EMOTIONS, UnknownEmotion, parse_emotion


class UnreadableDataset(ValueError):
    """A dataset with a fault; the message names the file and line."""


@dataclass(frozen=True)
class FaceDataset:
    """Grey face crops and their emotions.

    `crops` is `(n, 48, 48) uint8`; `emotions` is `(n,) int64`, indices into `EMOTIONS`.
    """

    crops: Tensor
    emotions: Tensor

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.emotions)

    def emotion_counts(self) -> list[int]:
        """Return the number of faces per emotion, in `EMOTIONS` order."""
        return torch.bincount(self.emotions, minlength=len(EMOTIONS)).tolist()

    def first(self, n: int) -> "FaceDataset":
        """Return the first `n` faces, for quick trials."""
        return FaceDataset(self.crops[:n], self.emotions[:n])


def read_fer2013_zip(path: Path, split: str) -> FaceDataset:
    """Read one split (`train` or `valid`) of a FER2013 zip with a `labels.csv` inside.

    Raises `UnreadableDataset` naming the line of `labels.csv` or the picture at fault.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            rows = _read_rows(archive, split)
            crops = np.stack([_read_crop(archive, name) for name, _ in rows])
    except (FileNotFoundError, zipfile.BadZipFile, KeyError) as error:
        raise UnreadableDataset(f"{path}: cannot be read as a FER2013 zip ({error}).") from error
    emotions = torch.tensor([EMOTIONS.index(emotion) for _, emotion in rows])
    return FaceDataset(torch.from_numpy(crops), emotions)


def _read_rows(archive: zipfile.ZipFile, split: str) -> list[tuple[str, str]]:
    text = io.TextIOWrapper(archive.open("labels.csv"), encoding="utf-8")
    rows: list[tuple[str, str]] = []
    for number, row in enumerate(csv.DictReader(text), start=2):
        try:
            file, emotion = row["file"], parse_emotion(row["emotion"])
        except (KeyError, AttributeError, UnknownEmotion) as error:
            raise UnreadableDataset(f"labels.csv, line {number}: {error}") from error
        if file.startswith(f"{split}/"):
            rows.append((file, emotion))
    if not rows:
        raise UnreadableDataset(f"labels.csv lists no picture under {split}/.")
    return rows


def _read_crop(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    encoded = np.frombuffer(archive.read(name), np.uint8)
    crop = cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)
    if crop is None or crop.shape != (48, 48):
        raise UnreadableDataset(f"{name}: not a 48x48 picture.")
    return crop
