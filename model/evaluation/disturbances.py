"""What can spoil a face: blur, compression, size, light, turn, cover. Pure: crops in, crops out.

Everything is done to the crop that the network would get, `(n, side, side) uint8`. In the product
light, JPEG and blur spoil the whole frame before the crop is cut, which is milder where the face
is large and the same where it is small.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from model.evaluation.dataset import Picture

Spoil = Callable[[Picture, int], Picture]
"""One crop `(side, side) uint8` and its number, which seeds what is random, to a crop."""


@dataclass(frozen=True)
class Level:
    """One strength of a disturbance. `value` is its place on the curve, None where it has none."""

    name: str
    value: float | None
    spoil: Spoil


@dataclass(frozen=True)
class Disturbance:
    """A way to spoil a face, from weak to strong. `plain` is the value at which nothing is done."""

    name: str
    unit: str
    levels: tuple[Level, ...]
    plain: float | None = None

    @property
    def is_curve(self) -> bool:
        """Whether its levels are points on a line, not different things."""
        return all(level.value is not None for level in self.levels)


def blur(sigma: float) -> Spoil:
    """Blur as a lens out of focus or a soft video does; sigma in pixels of the crop."""
    return lambda crop, _: cv2.GaussianBlur(crop, (0, 0), sigma).astype(np.uint8, copy=False)


def compress(quality: int) -> Spoil:
    """Write and read the crop as a JPEG."""

    def spoil(crop: Picture, _: int) -> Picture:
        encoded = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        return cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)  # type: ignore[return-value]

    return spoil


def shrink(pixels: int) -> Spoil:
    """Make the face so few pixels wide, and enlarge it again as the product does."""

    def spoil(crop: Picture, _: int) -> Picture:
        small = cv2.resize(crop, (pixels, pixels), interpolation=cv2.INTER_AREA)
        return cv2.resize(small, crop.shape[::-1], interpolation=cv2.INTER_LINEAR)  # type: ignore[return-value]

    return spoil


def brighten(steps: float) -> Spoil:
    """Add grey levels of 255; what leaves the range is lost, as in a camera."""
    return lambda crop, _: (crop + np.float32(steps)).clip(0, 255).astype(np.uint8)


def contrast(factor: float) -> Spoil:
    """Stretch or squeeze the grey levels about the crop's own mean."""

    def spoil(crop: Picture, _: int) -> Picture:
        mean = crop.mean(dtype=np.float64)
        spoilt: Picture = np.rint((crop - mean) * factor + mean).clip(0, 255).astype(np.uint8)
        return spoilt

    return spoil


def rotate(degrees: float) -> Spoil:
    """Turn the crop clockwise about its middle; beyond its edge the border goes on."""

    def spoil(crop: Picture, _: int) -> Picture:
        middle = (crop.shape[1] - 1) / 2, (crop.shape[0] - 1) / 2
        turn = cv2.getRotationMatrix2D(middle, -degrees, 1)
        return cv2.warpAffine(crop, turn, crop.shape[::-1], borderMode=cv2.BORDER_REPLICATE)  # type: ignore[return-value]

    return spoil


def cover_square(share: float) -> Spoil:
    """Cover a share of the crop by a grey square, somewhere: a hand, a cup, a neighbour."""

    def spoil(crop: Picture, number: int) -> Picture:
        random = np.random.default_rng((number, round(1000 * share)))
        side = round(len(crop) * share**0.5)
        top, left = random.integers(0, len(crop) - side + 1, 2)
        return _cover(crop, slice(top, top + side), slice(left, left + side))

    return spoil


def cover_part(top: float, bottom: float, left: float, right: float) -> Spoil:
    """Cover a fixed part of the crop in grey; edges are shares of its side."""

    def spoil(crop: Picture, _: int) -> Picture:
        rows, columns = crop.shape
        return _cover(
            crop,
            slice(round(top * rows), round(bottom * rows)),
            slice(round(left * columns), round(right * columns)),
        )

    return spoil


def _cover(crop: Picture, rows: slice, columns: slice) -> Picture:
    covered = crop.copy()
    covered[rows, columns] = 127
    return covered


def _curve(
    name: str, unit: str, make: Callable[[float], Spoil], values: tuple[float, ...], plain: float
) -> Disturbance:
    levels = tuple(Level(f"{value:g} {unit}".strip(), value, make(value)) for value in values)
    return Disturbance(name, unit, levels, plain)


DISTURBANCES: tuple[Disturbance, ...] = (
    _curve("blur", "px sigma", blur, (0.5, 1, 1.5, 2, 3), 0),
    _curve("JPEG quality", "", lambda q: compress(int(q)), (90, 80, 70, 60, 50, 40, 30), 100),
    _curve("face size", "px", lambda px: shrink(int(px)), (40, 32, 28, 24, 20, 16), 48),
    _curve("brightness", "levels", brighten, (-120, -90, -60, -30, 30, 60, 90, 120), 0),
    _curve("contrast", "times", contrast, (0.2, 0.4, 0.6, 0.8, 1.5, 2, 3), 1),
    _curve("rotation", "°", rotate, (-45, -30, -20, -10, 10, 20, 30, 45), 0),
    _curve(
        "covered area", "%", lambda percent: cover_square(percent / 100), (5, 10, 20, 30, 40), 0
    ),
    Disturbance(
        "covered part",
        "",
        (
            Level("eyes", None, cover_part(0.2, 0.5, 0, 1)),
            Level("mouth", None, cover_part(0.6, 1, 0, 1)),
            Level("left half", None, cover_part(0, 1, 0, 0.5)),
            Level("right half", None, cover_part(0, 1, 0.5, 1)),
        ),
    ),
)
"""All of them; sizes are of the crop, whose face fills most of it."""


def spoil_crops(crops: Picture, level: Level) -> Picture:
    """Spoil every crop, `(n, side, side) uint8`."""
    spoilt = np.empty_like(crops)
    for number, crop in enumerate(crops):
        spoilt[number] = level.spoil(crop, number)
    return spoilt
