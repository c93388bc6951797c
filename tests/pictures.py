"""Pictures for tests: a real face that comes with scikit-image, and pictures made on the spot."""

from importlib.resources import files

import cv2
import numpy as np

from model.frames import Picture


def astronaut() -> Picture:
    """Return Eileen Collins' portrait (NASA, public domain), 512x512, one face about 88x120."""
    encoded = np.frombuffer((files("skimage") / "data" / "astronaut.png").read_bytes(), np.uint8)
    return cv2.imdecode(encoded, cv2.IMREAD_COLOR)


ASTRONAUT_BOX = (181.5, 58.2, 88.4, 119.6)


def gallery(rows: int, columns: int, *, width: int = 1280, height: int = 720) -> Picture:
    """Return a meeting's gallery view: the astronaut in `rows * columns` tiles."""
    picture = np.zeros((height, width, 3), np.uint8)
    tile_height, tile_width = height // rows, width // columns
    portrait = astronaut()[:320, 60:400]
    side = min(tile_height, tile_width)
    tile = cv2.resize(portrait, (side, side), interpolation=cv2.INTER_AREA)
    for row in range(rows):
        for column in range(columns):
            top, left = row * tile_height, column * tile_width
            picture[top : top + side, left : left + side] = tile
    return picture


def jpeg(picture: Picture, quality: int = 90) -> bytes:
    return _encode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])


def png(picture: Picture) -> bytes:
    return _encode(".png", picture, [])


def webp(picture: Picture) -> bytes:
    return _encode(".webp", picture, [])


def grey(width: int = 320, height: int = 240) -> Picture:
    """Return a picture without any face."""
    return np.full((height, width, 3), 128, np.uint8)


def claim_jpeg_size(data: bytes, width: int, height: int) -> bytes:
    """Return the JPEG with another size written into its header."""
    at = next(i for i in range(len(data)) if data[i : i + 2] in (b"\xff\xc0", b"\xff\xc2"))
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return data[: at + 5] + size + data[at + 9 :]


def _encode(kind: str, picture: Picture, options: list[int]) -> bytes:
    ok, data = cv2.imencode(kind, picture, options)
    assert ok
    return data.tobytes()
