"""Faces in a folder with one sub-folder per emotion: pictures of any size, taken whole."""

from functools import partial
from pathlib import Path

import cv2
import numpy as np

from model.clips.clip import UnreadableClip
from model.clips.pictures import SUFFIXES, count_naturally, read_picture
from model.emotions import EMOTIONS, UnknownEmotion, parse_emotion
from model.training.datasets.faults import UnreadableDataset
from model.training.datasets.gathering import (
    BadPictures,
    Crop,
    Gathering,
    UnreadableCrop,
    resize_whole,
)

TRAIN = "train"
VALID = ("valid", "validation", "val", "test")
"""Names of the folder that is validated on; the first that is there counts."""

_SHUFFLE = 2013
"""Seed of the one order that a folder's faces are always in, so that the first n are a sample."""


def read_folders(folder: Path, bad: BadPictures) -> tuple[Gathering, Gathering | None]:
    """Read training and validation faces; None for the latter when there is no such folder.

    Raises `UnreadableDataset` naming every empty or unknown emotion's folder.
    """
    if not (folder / TRAIN).is_dir():
        return _read_emotions(folder, bad), None
    train = _read_emotions(folder / TRAIN, bad)
    valid = next((folder / name for name in VALID if (folder / name).is_dir()), None)
    return train, None if valid is None else _read_emotions(valid, bad)


def _read_emotions(folder: Path, bad: BadPictures) -> Gathering:
    gathered = Gathering()
    for path, emotion in _list_pictures(folder):
        crop = bad.try_read(partial(_read_crop, path))
        if crop is not None:
            gathered.add(crop, emotion)
    return gathered.take(np.random.default_rng(_SHUFFLE).permutation(len(gathered)))


def _list_pictures(folder: Path) -> list[tuple[Path, int]]:
    """List pictures with their emotion's index. Raises `UnreadableDataset`."""
    found, faults = list[tuple[Path, int]](), list[str]()
    for branch in sorted(p for p in folder.iterdir() if p.is_dir() and p.name[0] != "."):
        try:
            emotion = EMOTIONS.index(parse_emotion(branch.name))
        except UnknownEmotion:
            faults.append(f"  {branch} names no emotion.")
            continue
        pictures = sorted((p for p in branch.rglob("*") if _is_picture(p)), key=count_naturally)
        if not pictures:
            faults.append(f"  {branch} holds no picture.")
        found += [(path, emotion) for path in pictures]
    if faults:
        raise UnreadableDataset(
            "\n".join(
                (
                    f"{folder} holds folders that cannot be used:",
                    *faults,
                    f"Rename or remove them. A folder's name is one of: {', '.join(EMOTIONS)};",
                    f"a picture's ends in {', '.join(sorted(SUFFIXES))}.",
                )
            )
        )
    if not found:
        raise UnreadableDataset(
            f"{folder} holds no faces. It needs a folder per emotion ({', '.join(EMOTIONS)}), or "
            "train/ and valid/ with such folders, or a labels.csv."
        )
    return found


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and path.name[0] != "." and path.is_file()


def _read_crop(path: Path) -> Crop:
    try:
        picture = read_picture(path)
    except (UnreadableClip, OSError) as error:
        raise UnreadableCrop(str(error)) from error
    grey: Crop = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
    return resize_whole(grey)
