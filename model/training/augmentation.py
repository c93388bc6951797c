"""Random views of face crops, a whole batch at a time, on the device the batch is on."""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor
from torch.nn import functional

from model.landmarks import MIRRORED


@dataclass(frozen=True)
class Augmentation:
    """How far a random view may be from the crop.

    Angles in degrees, shifts and zoom as a share of the side, `erase` as the largest side of
    the erased rectangle (DeVries & Taylor 2017), `mixup` as the Beta parameter (Zhang et al. 2018).
    """

    rotation: float = 18.0
    zoom: float = 0.18
    shift: float = 0.10
    shear: float = 0.08
    contrast: float = 0.35
    brightness: float = 0.2
    erase: float = 0.35
    blur_share: float = 0.15
    mixup: float = 0.2

    def scaled(self, strength: float) -> "Augmentation":
        """Return one that goes `strength` times as far in everything; 0 leaves only the flips."""
        return Augmentation(**{name: strength * reach for name, reach in asdict(self).items()})

    def apply(self, crops: Tensor) -> Tensor:
        """Return random views of `(n, 1, s, s) float32` crops in [0, 1]; same shape."""
        return self._change_light(_look(crops, self._draw_warps(len(crops), crops.device)))

    def apply_with_points(
        self, crops: Tensor, points: Tensor, mirrored: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return views and where facial points `(n, k, 2)` are in them; see `move_points`."""
        theta = self._draw_warps(len(crops), crops.device)
        return self._change_light(_look(crops, theta)), move_points(points, theta, mirrored)

    def mix(self, crops: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Blend each crop and its target distribution with another of the batch."""
        crops, targets = self.blend(crops, targets)
        return crops, targets

    def blend(self, *parts: Tensor) -> tuple[Tensor, ...]:
        """Blend each face with another of the batch, by the same share in all its parts."""
        if not self.mixup:
            return parts
        share = float(torch.distributions.Beta(self.mixup, self.mixup).sample())
        order = torch.randperm(len(parts[0]), device=parts[0].device)
        return tuple(share * part + (1 - share) * part[order] for part in parts)

    def _change_light(self, views: Tensor) -> Tensor:
        return self._erase_rectangle(self._relight(self._soften(views)))

    def _draw_warps(self, n: int, on: torch.device) -> Tensor:
        """Draw maps `(n, 2, 3)` from places in the view to places in the crop."""
        angle = torch.deg2rad(_spread(n, self.rotation, on))
        scale = 1 + _spread(n, self.zoom, on)
        flip = torch.where(torch.rand(n, device=on) < 0.5, -1.0, 1.0)
        shear = _spread(n, self.shear, on)
        theta = torch.zeros(n, 2, 3, device=on)
        theta[:, 0, 0] = flip * scale * angle.cos()
        theta[:, 0, 1] = -scale * angle.sin() + shear
        theta[:, 1, 0] = flip * scale * angle.sin()
        theta[:, 1, 1] = scale * angle.cos() * (1 + _spread(n, self.zoom / 2, on))
        theta[:, 0, 2] = 2 * _spread(n, self.shift, on)
        theta[:, 1, 2] = 2 * _spread(n, self.shift, on)
        return theta

    def _soften(self, crops: Tensor) -> Tensor:
        """Lose detail as a small or badly lit webcam tile does."""
        chosen = torch.rand(len(crops), device=crops.device) < self.blur_share
        if not chosen.any():
            return crops
        side = crops.shape[-1]
        small_side = int(torch.randint(side // 2, side - 7, ()))
        small = functional.interpolate(crops[chosen], size=(small_side, small_side), mode="area")
        softened = crops.clone()
        softened[chosen] = functional.interpolate(
            small, size=(side, side), mode="bilinear", align_corners=False
        )
        return softened

    def _relight(self, crops: Tensor) -> Tensor:
        n = len(crops)
        mean = crops.mean((1, 2, 3), keepdim=True)
        gain = (1 + _spread(n, self.contrast, crops.device)).view(n, 1, 1, 1)
        lift = _spread(n, self.brightness, crops.device).view(n, 1, 1, 1)
        return ((crops - mean) * gain + mean + lift).clamp(0, 1)

    def _erase_rectangle(self, crops: Tensor) -> Tensor:
        """Grey out one rectangle of half the crops."""
        n, side, on = len(crops), crops.shape[-1], crops.device
        height, width = (torch.rand(n, 1, device=on) * self.erase * side for _ in range(2))
        height = torch.where(torch.rand(n, 1, device=on) < 0.5, height, torch.zeros_like(height))
        top, left = (torch.rand(n, 1, device=on) * side for _ in range(2))
        at = torch.arange(side, device=on).view(1, side)
        rows = (at >= top) & (at < top + height)
        columns = (at >= left) & (at < left + width)
        hole = (rows[:, :, None] & columns[:, None, :])[:, None]
        return torch.where(hole, torch.full_like(crops, 0.5), crops)


def move_points(points: Tensor, theta: Tensor, mirrored: Tensor | None = None) -> Tensor:
    """Move points `(n, k, 2)`, -1 to 1, as views `theta` move the picture.

    `theta` leads from the view to the crop, so that points go the other way. A mirror image swaps
    the sides. Which of five points change places is known; of more it is not, so that `mirrored`
    tells, as places in the crop, the points that were located in its mirror image.
    """
    turn, shift = theta[:, :, :2], theta[:, :, 2]
    swapped = points[:, MIRRORED] if mirrored is None else mirrored
    is_mirrored = torch.linalg.det(turn) < 0
    seen = torch.where(is_mirrored[:, None, None], swapped, points)
    moved: Tensor = torch.matmul(seen - shift[:, None], torch.linalg.inv(turn).mT)
    return moved


def _look(crops: Tensor, theta: Tensor) -> Tensor:
    grid = functional.affine_grid(theta, list(crops.shape), align_corners=False)
    return functional.grid_sample(
        crops, grid, mode="bilinear", padding_mode="border", align_corners=False
    )


def _spread(n: int, reach: float, on: torch.device) -> Tensor:
    return (torch.rand(n, device=on) * 2 - 1) * reach
