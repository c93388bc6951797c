"""Invented faces in every form that is read: an emotion is a brightness, so anything learns it."""

import csv
import io
import zipfile
from pathlib import Path

import cv2
import numpy as np

from model.emotions import EMOTIONS

VOTES = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
USAGES = {"train": "Training", "valid": "PublicTest", "test": "PrivateTest"}


def invent(n: int, seed: int = 1) -> list[tuple[int, np.ndarray]]:
    """Return n faces as emotion's index and `(48, 48) uint8`; their emotions go round."""
    random = np.random.default_rng(seed)
    return [
        (k % 7, random.normal(20 + 35 * (k % 7), 4, (48, 48)).clip(0, 255).astype(np.uint8))
        for k in range(n)
    ]


def png(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


def write_zip(path: Path, rows: str | None = None, *, faces: int = 140, votes: bool = False):
    """Write a zip with labels.csv; `rows` is another table than the right one."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["file", "emotion", *(VOTES if votes else ())])
    with zipfile.ZipFile(path, "w") as archive:
        for split in ("train", "valid"):
            for n, (emotion, pixels) in enumerate(invent(faces)):
                name = f"{split}/{n:05}.png"
                archive.writestr(name, png(pixels))
                told = [8 if e == emotion else 0 for e in range(7)] if votes else []
                writer.writerow([name, EMOTIONS[emotion], *told])
        archive.writestr("labels.csv", table.getvalue() if rows is None else rows)
    return path


def write_folders(folder: Path, *, faces: int = 70, side: int = 48) -> Path:
    """Write a folder per emotion."""
    for n, (emotion, pixels) in enumerate(invent(faces)):
        branch = folder / EMOTIONS[emotion]
        branch.mkdir(parents=True, exist_ok=True)
        (branch / f"{n}.png").write_bytes(png(cv2.resize(pixels, (side, side))))
    return folder


def write_table(path: Path, header: str = "emotion,pixels,Usage", *, faces: int = 14) -> Path:
    """Write FER2013's table: training, then validation, then test faces, as many of each."""
    lines = [header]
    for usage in USAGES.values():
        for emotion, pixels in invent(faces):
            cells = {
                "emotion": str(emotion),
                "pixels": " ".join(map(str, pixels.ravel())),
                "usage": usage,
            }
            lines.append(",".join(cells[name.strip().lower()] for name in header.split(",")))
    path.write_text("\n".join(lines) + "\n")
    return path


def write_votes(path: Path, *, faces: int = 14) -> Path:
    """Write fer2013new.csv for `write_table`: eight votes for the emotion, two for contempt."""
    order = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear"]
    lines = [",".join(["Usage", "Image name", *order, "contempt", "unknown", "NF"])]
    for usage in USAGES.values():
        for n, (emotion, _) in enumerate(invent(faces)):
            told = [8 if VOTES.index(name) == emotion else 0 for name in order]
            lines.append(",".join(map(str, [usage, f"fer{n:07}.png", *told, 2, 0, 0])))
    path.write_text("\n".join(lines) + "\n")
    return path
