"""Facial points of a dataset's crops, found once and kept beside the run that wants them."""

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn

from model.faces import Floats
from model.finders import open_finder
from model.landmark_network import LandmarkNetwork
from model.landmarks import locate_points
from model.training.augmentation import Augmentation
from model.training.datasets import FaceDataset
from model.training.networks import count_points

Crops = NDArray[np.uint8]
Points = dict[str, Floats]
"""What a dataset gets, by the name of its field: `points`, and perhaps `mirrored_points`."""


def give_points(
    network: nn.Module, faces: FaceDataset, kept: Path | None = None, landmark_network: str = ""
) -> FaceDataset:
    """Return the faces with the points that the network wants; as they are if it wants none.

    They are located by the landmark network at this path, or else by the face finder. What was
    found is kept in the file `kept` and read from there when crops and landmark network are the
    same. Raises `FinderMissing` and `UnusableLandmarkNetwork`.
    """
    if not count_points(network) or faces.points is not None:
        return faces
    crops = faces.crops.cpu().numpy()
    locating = LandmarkNetwork.load(Path(landmark_network)) if landmark_network else None
    digest = hashlib.sha256(crops.tobytes())
    if locating is not None:
        digest.update(Path(landmark_network).read_bytes())
    points = _read(kept, digest.hexdigest())
    if points is None:
        points = _find(crops) if locating is None else _find_dense(crops, locating)
        if kept is not None:
            _write(kept, digest.hexdigest(), points)
    device = faces.crops.device
    return replace(
        faces, **{name: torch.from_numpy(one).to(device) for name, one in points.items()}
    )


def draw_views(
    augmentation: Augmentation, faces: FaceDataset, chosen: Tensor, targets: Tensor
) -> tuple[Tensor, Tensor, tuple[Tensor, ...]]:
    """Return random views in [0, 1], their targets and, if the faces have any, their points."""
    crops = faces.crops[chosen].float().div(255).unsqueeze(1)
    if faces.points is None:
        crops, mixed = augmentation.mix(augmentation.apply(crops), targets[chosen])
        return crops, mixed, ()
    mirrored = None if faces.mirrored_points is None else faces.mirrored_points[chosen]
    crops, points = augmentation.apply_with_points(crops, faces.points[chosen], mirrored)
    crops, mixed, points = augmentation.blend(crops, targets[chosen], points)
    return crops, mixed, (points,)


def _find(crops: Crops) -> Points:
    points = _locate(crops, partial(locate_points, finder=open_finder()))
    return {"points": points}


def _find_dense(crops: Crops, landmarks: LandmarkNetwork) -> Points:
    """Locate points in every crop and in its mirror image.

    Nobody tells which of the user's 468 points are each other's opposite. A mirrored view therefore
    takes the points that the network sees in the mirror image, in the order that it gives them;
    they are kept as places in the crop, x turned round, so that views move both alike.
    """
    both = np.concatenate([crops, crops[:, :, ::-1]])
    points, mirrored = np.split(_locate(both, landmarks.locate), 2)
    return {"points": points, "mirrored_points": mirrored * np.array([-1, 1], np.float32)}


def _locate(crops: Crops, locate: Callable[..., Floats]) -> Floats:
    """Locate with progress, and say in how many pictures it could not be done."""
    console = Console(stderr=True, highlight=False)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Locating facial points", total=len(crops))
        points = locate(crops, advance=lambda: progress.advance(task))
    without = int(np.isnan(points).any((1, 2)).sum())
    console.print(
        f"Facial points located in {len(crops) - without} of {len(crops)} pictures; the {without} "
        "others are told from their crops alone."
    )
    return points


def _read(kept: Path | None, digest: str) -> Points | None:
    """Return what was kept for the same crops; a file of others, or a broken one, is none."""
    if kept is None or not kept.is_file():
        return None
    try:
        with np.load(kept) as stored:
            points = {name: stored[name] for name in stored.files if name != "crops"}
            return points if str(stored["crops"]) == digest and "points" in points else None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _write(kept: Path, digest: str, points: Points) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    partly = kept.with_name(f"partial-{kept.name}")
    np.savez(partly, allow_pickle=False, crops=np.array(digest), **points)
    partly.replace(kept)
