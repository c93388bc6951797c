"""A landmark network of the user's own: face crops to 468 facial points. No torch.

None is shipped. Any ONNX file serves that maps one square RGB picture, `(1, side, side, 3)` or
`(1, 3, side, side) float32` from 0 to 1, to `(1, 468, 2)` or `(1, 468, 3)`: x, y and perhaps depth,
in pixels of that picture or from 0 to 1 across it (as Kartynnik et al. 2019 do). Other outputs,
such as whether there is a face at all, are not asked for.
"""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from model.card import UnusableNetwork
from model.faces import Floats
from model.landmarks import DENSE_POINTS
from model.runtime import open_network

ACROSS = 2.0
"""Coordinates no larger than this are shares of the side: a point may lie outside the picture."""


class UnusableLandmarkNetwork(UnusableNetwork):
    """A landmark network that can't be used; the message says why and what it must be."""

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(
            f"{path} {fault} A landmark network is an ONNX file that maps one square RGB picture, "
            f"(1, side, side, 3) or (1, 3, side, side) float32, to (1, {DENSE_POINTS}, 2 or 3)."
        )


class LandmarkNetwork:
    """Locates 468 points in face crops. Thread-safe."""

    def __init__(
        self, session: ort.InferenceSession, side: int, *, channels_first: bool, output: str
    ) -> None:
        self._ort, self._side, self._channels_first = session, side, channels_first
        self._input, self._output = session.get_inputs()[0].name, output

    @classmethod
    def load(cls, path: Path) -> "LandmarkNetwork":
        """Open a network and try it on a blank picture. Raises `UnusableLandmarkNetwork`."""
        if not path.is_file():
            raise UnusableLandmarkNetwork(path, "is not there.")
        try:
            session = open_network(path)
        except Exception as error:  # ONNX Runtime's many kinds all mean that the file is no network
            raise UnusableLandmarkNetwork(path, f"can't be run: {error}.") from error
        side, channels_first = _read_input(session, path)
        blank = np.zeros((1, 3, side, side) if channels_first else (1, side, side, 3), np.float32)
        try:
            told = session.run(None, {session.get_inputs()[0].name: blank})
        except Exception as error:  # see above
            raise UnusableLandmarkNetwork(path, f"can't be run: {error}.") from error
        shapes = [(1, DENSE_POINTS, 2), (1, DENSE_POINTS, 3)]
        for output, one in zip(session.get_outputs(), told, strict=True):
            if np.shape(one) in shapes:
                return cls(session, side, channels_first=channels_first, output=output.name)
        answers = ", ".join(str(np.shape(one)) for one in told)
        raise UnusableLandmarkNetwork(path, f"answers with {answers}.")

    def locate(
        self, crops: NDArray[np.uint8], *, advance: Callable[[], None] = lambda: None
    ) -> Floats:
        """Find the points of whole crops `(n, s, s) uint8`: `(n, 468, 2)`, -1 to 1 across each.

        All nan for a face where the network's answer is not finite.
        """
        points = np.empty((len(crops), DENSE_POINTS, 2), np.float32)
        for crop, located in zip(crops, points, strict=True):
            told = self._ort.run([self._output], {self._input: self._prepare(crop)})[0]
            located[:] = _place(told[0, :, :2], self._side)
            advance()
        return points

    def _prepare(self, crop: NDArray[np.uint8]) -> Floats:
        way = cv2.INTER_AREA if len(crop) > self._side else cv2.INTER_CUBIC
        sized = cv2.resize(crop, (self._side, self._side), interpolation=way)
        grey = sized.astype(np.float32) * np.float32(1 / 255)
        picture: Floats = np.stack([grey] * 3, axis=0 if self._channels_first else 2)
        return picture[None]


def _read_input(session: ort.InferenceSession, path: Path) -> tuple[int, bool]:
    """Return the side in pixels, and whether the channels come first."""
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].type != "tensor(float)":
        said = ", ".join(f"{one.name}: {one.type}" for one in inputs)
        raise UnusableLandmarkNetwork(path, f"takes {said}.")
    match inputs[0].shape:
        case [_, int(height), int(width), 3] if height == width:
            return height, False
        case [_, 3, int(height), int(width)] if height == width:
            return height, True
        case shape:
            raise UnusableLandmarkNetwork(path, f"takes pictures of the shape {shape}.")


def _place(told: Floats, side: int) -> Floats:
    """Turn x and y in pixels or from 0 to 1 into -1 to 1; nan all over where one is not finite."""
    if not np.isfinite(told).all():
        return np.full_like(told, np.nan)
    unit = side if np.abs(told).max() > ACROSS else 1
    placed: Floats = (2 * told / unit - 1).astype(np.float32)
    return placed
