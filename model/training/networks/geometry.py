"""What facial points say of a face, whatever the crop: shape without place and size."""

import torch
from torch import Tensor

LINES = ((0, 1), (3, 4), (0, 3), (1, 4), (2, 0), (2, 1), (2, 3), (2, 4))
"""Pairs of the five points whose direction is told: eyes, mouth, sides, nose to each."""


def describe_points(points: Tensor) -> Tensor:
    """Map points `(n, k, 2)` to features `(n, count_features(k))`, and where some are nan to zero.

    Positions about their centre in units of their spread (Procrustes; Gower 1975), so that neither
    the crop's size nor its place matters. For five points also the distance of each pair in that
    unit, and sine and cosine of `LINES`. The last feature is 1 for a face with points, else 0.
    """
    known = (~torch.isnan(points)).flatten(1).all(1)
    points = torch.where(known[:, None, None], points, torch.zeros_like(points))
    centred = points - points.mean(1, keepdim=True)
    spread = centred.square().sum(2).mean(1).sqrt().clamp(min=1e-4)
    shape = centred / spread[:, None, None]
    told = [shape.flatten(1)]
    if points.shape[1] == 5:
        first, second = _pairs(5)
        told.append(_length(shape[:, first] - shape[:, second]))
        along = shape[:, [b for _, b in LINES]] - shape[:, [a for a, _ in LINES]]
        told.append((along / _length(along)[..., None]).flatten(1))
    features = torch.cat(told, 1)
    present = known.to(features.dtype)[:, None]
    return torch.cat((features * present, present), 1)


def count_features(points: int) -> int:
    """Return how many features `describe_points` makes of so many points."""
    return 2 * points + 1 + (len(_pairs(5)[0]) + 2 * len(LINES) if points == 5 else 0)


def _pairs(points: int) -> tuple[list[int], list[int]]:
    pairs = [(a, b) for a in range(points) for b in range(a + 1, points)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _length(vectors: Tensor) -> Tensor:
    return (vectors.square().sum(-1) + 1e-8).sqrt()
