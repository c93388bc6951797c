"""`python -m tests.bench.geometry ZIP`: how FER2013's crops lie around CenterFace's boxes.

Where the card's `crop_side` comes from, and the x and y of `model.pose`'s mean face. The crops are
tight, so each is enlarged and given a border before the finder looks at it.
"""

import csv
import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from model.faces import LANDMARKS
from model.finders import CenterFace
from model.frames import Picture

SIDE, BORDER, EVERY = 144, 56, 24


def read_crops(archive_path: Path) -> Iterator[Picture]:
    """Yield every 24th training face, `(48, 48) uint8`, grey."""
    with zipfile.ZipFile(archive_path) as archive:
        rows = csv.DictReader(io.TextIOWrapper(archive.open("labels.csv"), "utf-8"))
        names = [row["file"] for row in rows if row["file"].startswith("train/")]
        for name in names[::EVERY]:
            yield cv2.imdecode(np.frombuffer(archive.read(name), np.uint8), cv2.IMREAD_GRAYSCALE)


def with_border(crop: Picture) -> Picture:
    large = cv2.resize(crop, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    large = cv2.copyMakeBorder(large, *[BORDER] * 4, cv2.BORDER_REPLICATE)
    return cv2.cvtColor(large, cv2.COLOR_GRAY2BGR)


def main(archive_path: Path) -> None:
    finder = CenterFace(scale=1.0, threshold=0.4)
    boxes, landmarks, missed = [], [], 0
    for crop in read_crops(archive_path):
        faces = finder.find(with_border(crop))
        if len(faces):
            boxes.append(faces.boxes[0] - [BORDER, BORDER, 0, 0])
            landmarks.append(faces.landmarks[0] - BORDER)
        else:
            missed += 1
    box, points = np.array(boxes) / SIDE, np.array(landmarks) / SIDE
    root_of_area = np.sqrt(box[:, 2:].prod(1))
    centre = np.median(box[:, :2] + box[:, 2:] / 2, axis=0)
    print(f"faces: {len(box)} found, {missed} not")  # noqa: T201
    print(f"box, root of its area over the crop's side: median {np.median(root_of_area):.3f}")  # noqa: T201
    print(f"so a crop's side is {1 / np.median(root_of_area):.2f} roots of the box's area")  # noqa: T201
    print(f"the box's centre in the crop: {centre.round(3)} (0.5 is the middle)")  # noqa: T201
    print_mean_face(points)


def print_mean_face(points: np.ndarray) -> None:
    """Print the frontal faces' median landmarks in millimetres, 62 between the eyes."""
    eyes, mouth = points[:, :2], points[:, 3:]
    distance = np.linalg.norm(eyes[:, 1] - eyes[:, 0], axis=1)
    middle = (eyes.mean(1) + mouth.mean(1)) / 2
    off = np.abs(points[:, 2, 0] - eyes.mean(1)[:, 0]) / distance
    level = np.abs(eyes[:, 1, 1] - eyes[:, 0, 1]) / distance
    frontal = (off < 0.08) & (level < 0.1)  # nose between the eyes, eyes level
    told = 62 * (points - middle[:, None])[frontal] / distance[frontal, None, None]
    print(f"mean face of {frontal.sum()} frontal faces, millimetres:")  # noqa: T201
    for name, point in zip(LANDMARKS, np.median(told, axis=0), strict=True):
        print(f"  {name}: {point.round(1)}")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
