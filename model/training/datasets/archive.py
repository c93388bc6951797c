"""Faces listed in a `labels.csv`: in a zip of FER2013's form, or in that zip unpacked."""

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from model.emotions import EMOTIONS, parse_emotion
from model.labels_table import TABLE, UNREADABLE, ReadBytes, parse_votes
from model.training.datasets.face_dataset import FaceDataset
from model.training.datasets.faults import UnreadableDataset
from model.training.datasets.gathering import SIDE, BadPictures, Crop, Gathering, UnreadableCrop


@contextmanager
def open_listed(path: Path) -> Iterator[ReadBytes]:
    """Open a zip or a folder with a `labels.csv`: a function from a name to bytes.

    Raises `UnreadableDataset`.
    """
    if path.is_dir():
        yield lambda name: (path / name).read_bytes()
        return
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise UnreadableDataset(f"{path}: cannot be read as a zip ({error}).") from error
    with archive:
        if TABLE not in archive.namelist():
            raise UnreadableDataset(
                f"{path}: there is no {TABLE} in it. Unpack it and give the folder, or the CSV "
                "inside."
            )
        yield archive.read


def read_listed(read: ReadBytes, split: str, bad: BadPictures) -> Gathering:
    """Read one split's pictures, each 48x48. Raises `UnreadableDataset` naming the line."""
    gathered = Gathering()
    for name, emotion, votes in _read_rows(read, split):
        crop = bad.try_read(partial(_read_crop, read, name))
        if crop is not None:
            gathered.add(crop, emotion, votes)
    return gathered


def read_fer2013_zip(path: Path, split: str) -> FaceDataset:
    """Read one split (`train` or `valid`) of a FER2013 zip with a `labels.csv` inside.

    Raises `UnreadableDataset` naming the line of `labels.csv` or the pictures at fault.
    """
    bad = BadPictures()
    with open_listed(path) as read:
        gathered = read_listed(read, split, bad)
    bad.settle(skip=False)
    return FaceDataset.of(gathered)


def _read_rows(read: ReadBytes, split: str) -> list[tuple[str, int, list[int]]]:
    try:
        text = read(TABLE).decode("utf-8-sig")
    except (*UNREADABLE, UnicodeDecodeError) as error:
        raise UnreadableDataset(f"{TABLE} cannot be read ({error}).") from error
    table = csv.DictReader(io.StringIO(text))
    try:
        rows = _parse_rows(table, split)
    except csv.Error as error:
        raise UnreadableDataset(f"{TABLE}, line {table.line_num + 1}: {error}.") from error
    if not rows:
        raise UnreadableDataset(f"{TABLE} lists no picture under {split}/.")
    return rows


def _parse_rows(table: "csv.DictReader[str]", split: str) -> list[tuple[str, int, list[int]]]:
    rows: list[tuple[str, int, list[int]]] = []
    for row in table:
        try:
            file, emotion, votes = row["file"], parse_emotion(row["emotion"]), parse_votes(row)
        except KeyError as error:
            raise UnreadableDataset(
                f"{TABLE}, line {table.line_num}: there is no column {error}."
            ) from error
        except (AttributeError, ValueError) as error:
            raise UnreadableDataset(f"{TABLE}, line {table.line_num}: {error}") from error
        if not file:
            raise UnreadableDataset(f"{TABLE}, line {table.line_num}: it names no file.")
        if file.startswith(f"{split}/"):
            rows.append((file, EMOTIONS.index(emotion), votes))
    return rows


def _read_crop(read: ReadBytes, name: str) -> Crop:
    try:
        encoded = read(name)
    except (*UNREADABLE, KeyError, ValueError) as error:
        raise UnreadableCrop(f"{name}: {error}") from error
    crop = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_GRAYSCALE) if encoded else None
    if crop is None or crop.shape != (SIDE, SIDE):
        raise UnreadableCrop(f"{name}: not a 48x48 picture.")
    return crop.astype(np.uint8, copy=False)
