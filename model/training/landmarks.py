"""Facial points of a dataset's crops, found once and kept beside the run that wants them."""

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn

from model.faces import Floats
from model.finders import open_finder
from model.landmarks import locate_points
from model.training.augmentation import Augmentation
from model.training.datasets import FaceDataset
from model.training.networks import count_points


def give_points(network: nn.Module, faces: FaceDataset, kept: Path | None = None) -> FaceDataset:
    """Return the faces with the points that the network wants; as they are if it wants none.

    What was found is kept in the file `kept` and read from there when the crops are the same.
    Raises `FinderMissing`.
    """
    if not count_points(network) or faces.points is not None:
        return faces
    crops = faces.crops.cpu().numpy()
    digest = hashlib.sha256(crops.tobytes()).hexdigest()
    points = _read(kept, digest)
    if points is None:
        points = _find(crops)
        if kept is not None:
            _write(kept, digest, points)
    return replace(faces, points=torch.from_numpy(points).to(faces.crops.device))


def draw_views(
    augmentation: Augmentation, faces: FaceDataset, chosen: Tensor, targets: Tensor
) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
    """Return random views in [0, 1], their targets and, if the faces have any, their points."""
    crops = faces.crops[chosen].float().div(255).unsqueeze(1)
    if faces.points is None:
        crops, mixed = augmentation.mix(augmentation.apply(crops), targets[chosen])
        return crops, mixed, ()
    crops, points = augmentation.apply_with_points(crops, faces.points[chosen])
    crops, mixed, points = augmentation.blend(crops, targets[chosen], points)
    return crops, mixed, (points,)


def _find(crops: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> Floats:
    console = Console(stderr=True, highlight=False)
    finder = open_finder()
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Locating facial points", total=len(crops))
        points = locate_points(crops, finder, advance=lambda: progress.advance(task))
    without = int(np.isnan(points).any((1, 2)).sum())
    console.print(
        f"Facial points located in {len(crops) - without} of {len(crops)} faces; the {without} "
        "others are told from their crops alone."
    )
    return points


def _read(kept: Path | None, digest: str) -> Floats | None:
    """Return what was kept for the same crops; a file of others, or a broken one, is none."""
    if kept is None or not kept.is_file():
        return None
    try:
        with np.load(kept) as stored:
            points: Floats = stored["points"]
            return points if str(stored["crops"]) == digest else None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _write(kept: Path, digest: str, points: Floats) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    partial = kept.with_name(f"partial-{kept.name}")
    np.savez(partial, points=points, crops=np.array(digest))
    partial.replace(kept)
