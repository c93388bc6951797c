"""Pictures with as many faces as one wants, of a public portrait that comes with scikit-image."""

from functools import cache
from importlib.resources import files
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from model.frames import Picture

JPEG_QUALITY: Final = 80
_DRIFT: Final = 2.0  # pixels: the standard deviation of what moves
_RESTS: Final = 0.67  # standard deviations below which a place rests: half of all
_FIELD_ROWS, _FIELD_COLUMNS = 5, 8
_NOISE: Final = 2.0  # of 255: what a webcam adds by itself


@cache
def _read_portrait() -> bytes:
    return (files("skimage") / "data" / "astronaut.png").read_bytes()


def astronaut() -> Picture:
    """Return Eileen Collins' portrait (NASA, public domain), 512x512, one face about 88x120."""
    encoded = np.frombuffer(_read_portrait(), np.uint8)
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def gallery(rows: int, columns: int, *, width: int = 1280, height: int = 720) -> Picture:
    """Return a meeting's gallery view: the astronaut in `rows * columns` tiles."""
    tile = _fit(astronaut()[:320, 60:400], min(height // rows, width // columns))
    return _tile(rows, columns, (width, height), [tile] * (rows * columns))


def crowd(faces: int, *, rows: int, columns: int, width: int, height: int) -> Picture:
    """Return a gallery of which the first `faces` tiles hold a face, the others only clothes.

    The other tiles are of the same portrait, so that decoding costs about the same with few faces
    as with many.
    """
    side = min(height // rows, width // columns)
    portrait = astronaut()
    face, clothes = _fit(portrait[20:220, 125:325], side), _fit(portrait[300:500, 290:490], side)
    tiles = [face] * faces + [clothes] * (rows * columns - faces)
    return _tile(rows, columns, (width, height), tiles)


def vary(picture: Picture, turn: int) -> Picture:
    """Return the picture a moment later, with a camera's noise: about half of it has moved.

    What moves does so by a pixel or two, other parts in other directions, as students in their
    tiles who sit still. The same turn is always the same picture; in turn 0 nothing has moved.
    """
    chance = np.random.default_rng(turn)
    height, width = picture.shape[:2]
    fields = [_make_drift(chance, width, height) * (turn > 0) for _ in range(2)]
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    left = (across + fields[0]).astype(np.float32)
    top = (down + fields[1]).astype(np.float32)
    moved = cv2.remap(picture, left, top, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    noise = chance.normal(0, _NOISE, (height, width, 1))
    return np.asarray(np.clip(moved + noise, 0, 255), np.uint8)


def _make_drift(chance: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    """Return by how many pixels each place has moved along one axis; half of them have not."""
    coarse = chance.normal(0, _DRIFT, (_FIELD_ROWS, _FIELD_COLUMNS))
    rests = np.abs(coarse) < _RESTS * _DRIFT
    field = np.where(rests, 0, coarse).astype(np.float32)
    return np.asarray(
        cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )


def encode_jpeg(picture: Picture, quality: int = JPEG_QUALITY) -> bytes:
    """Return the picture as JPEG."""
    done, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done  # noqa: S101 - OpenCV always writes JPEG
    return encoded.tobytes()


def _fit(part: Picture, side: int) -> Picture:
    return np.asarray(cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def _tile(rows: int, columns: int, size: tuple[int, int], tiles: list[Picture]) -> Picture:
    width, height = size
    picture = np.zeros((height, width, 3), np.uint8)
    for at, tile in enumerate(tiles):
        top, left = at // columns * (height // rows), at % columns * (width // columns)
        picture[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return picture
