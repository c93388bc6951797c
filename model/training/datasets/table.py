"""FER2013 as the public table: `fer2013.csv`, or `icml_face_data.csv` with blanks in its header."""

import csv
from functools import partial
from pathlib import Path

import numpy as np

from model.emotions import EMOTIONS, UnknownEmotion, parse_emotion
from model.training.datasets.faults import UnreadableDataset
from model.training.datasets.gathering import SIDE, BadPictures, Crop, Gathering, UnreadableCrop
from model.training.datasets.votes import read_votes_table

TRAIN, VALID = "Training", "PublicTest"
"""The table's names of what is trained and validated on; PrivateTest is left for the last word."""

USAGES = (TRAIN, VALID, "PrivateTest")


def read_table(
    path: Path, votes: Path | None, bad: BadPictures
) -> tuple[Gathering, Gathering | None]:
    """Read training and validation faces; None for the latter when no line says what it is for.

    Raises `UnreadableDataset` naming the line.
    """
    voted = None if votes is None else read_votes_table(votes)
    parts = {usage: Gathering() for usage in USAGES}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            table.fieldnames = [(n or "").strip().lower() for n in table.fieldnames or ()]
            if missing := {"emotion", "pixels"} - set(table.fieldnames):
                raise UnreadableDataset(
                    f"{path}, line 1: the column {', '.join(sorted(missing))} is missing. A table "
                    "has the columns emotion, pixels and Usage."
                )
            has_usage = "usage" in table.fieldnames
            count = 0
            for count, row in enumerate(table, start=1):
                where = f"{path}, line {table.line_num}"
                usage = _read_usage(where, row) if has_usage else TRAIN
                said = _find_votes(where, votes, voted, count, usage if has_usage else None)
                emotion = _read_emotion(where, row)
                crop = bad.try_read(partial(_read_pixels, where, row["pixels"]))
                if crop is not None:
                    parts[usage].add(crop, emotion, said)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableDataset(f"{path}: cannot be read as a table ({error}).") from error
    if voted is not None and count != len(voted):
        raise UnreadableDataset(
            f"{votes} has votes on {len(voted)} faces, but {path} has {count} faces. "
            "They belong together line by line, so both must be whole."
        )
    return parts[TRAIN], (parts[VALID] if has_usage else None)


def _read_usage(where: str, row: dict[str, str]) -> str:
    usage = (row["usage"] or "").strip()
    if usage not in USAGES:
        raise UnreadableDataset(f"{where}: “{usage}” is no Usage. Use one of: {', '.join(USAGES)}.")
    return usage


def _read_emotion(where: str, row: dict[str, str]) -> int:
    try:
        return EMOTIONS.index(parse_emotion(row["emotion"] or ""))
    except UnknownEmotion as error:
        raise UnreadableDataset(f"{where}: {error}") from error


def _read_pixels(where: str, text: str | None) -> Crop:
    words = (text or "").split()
    if len(words) != SIDE * SIDE:
        raise UnreadableCrop(f"{where}: {len(words)} pixels, not {SIDE * SIDE}.")
    try:
        pixels = np.array(words, np.int64)
    except (ValueError, OverflowError) as error:
        raise UnreadableCrop(f"{where}: {error}.") from error
    if pixels.min() < 0 or pixels.max() > 255:
        raise UnreadableCrop(f"{where}: a pixel is not from 0 to 255.")
    return pixels.astype(np.uint8).reshape(SIDE, SIDE)


def _find_votes(
    where: str,
    votes: Path | None,
    voted: list[tuple[str, list[int]]] | None,
    count: int,
    usage: str | None,
) -> list[int] | None:
    """Return the votes on face number `count`. Raises `UnreadableDataset` when out of step."""
    if voted is None or count > len(voted):
        return None
    said_usage, said = voted[count - 1]
    if usage is not None and said_usage != usage:
        raise UnreadableDataset(
            f"{where} is for {usage}, but line {count + 1} of {votes} for {said_usage}. "
            "They belong together line by line, so both must be whole and in their own order."
        )
    return said
