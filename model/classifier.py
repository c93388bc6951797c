"""The emotion classifier: faces of a picture to probabilities. Owns the only preprocessing.

What to do with a crop is read from the network's own `ModelCard`; nothing about it is written
here twice.
"""

import math
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from model.card import ModelCard, UnusableNetwork
from model.emotions import EMOTIONS, LABEL_SETS, LabelSet
from model.faces import LANDMARKS, Faces, Floats
from model.frames import Picture
from model.landmarks import DENSE_POINTS, place_points, unknown_points
from model.runtime import open_network

SHIPPED_NETWORK = Path(__file__).with_name("weights") / "emotion.onnx"

OUTPUTS = {LabelSet.CROWD: "probabilities", LabelSet.FER2013: "fer2013_probabilities"}
"""A two-headed network's outputs; one with a single output calls it `probabilities`."""

BATCH = 8
"""Faces per run: larger batches leave the processor's cache and gain nothing."""


class MissingHead(UnusableNetwork):
    """A network was asked for the view of a label set that it did not learn."""

    def __init__(self, card: ModelCard, labels: LabelSet, offered: tuple[LabelSet, ...]) -> None:
        super().__init__(
            f"Network {card.name} {card.version} does not tell the “{labels}” labels, only "
            f"“{'”, “'.join(offered)}”. Ask for these, or use a network with both heads."
        )


class Classifier(Protocol):
    """Anything that tells emotions: the seam for another runtime."""

    @property
    def card(self) -> ModelCard:
        """What the network says of itself."""
        ...

    def crop(self, picture: Picture, faces: Faces) -> Floats:
        """Cut every face out of `(height, width, 3) uint8` BGR: `(n, 1, side, side) float32`."""
        ...

    def place_points(self, faces: Faces) -> Floats:
        """Return where faces' landmarks are in their crops: `(n, 5, 2) float32`, -1 to 1."""
        ...

    def classify(
        self, crops: Floats, labels: LabelSet | None = None, *, points: Floats | None = None
    ) -> Floats:
        """Map prepared crops to probabilities `(n, 7) float32`, each row summing to 1.

        `labels` is whose view to tell; by default the crowd's where the network knows it.
        `points` are facial points `(n, k, 2)` in the crops, for a network whose card wants them.
        """
        ...


class EmotionClassifier:
    """A network with a card on ONNX Runtime. Thread-safe."""

    def __init__(self, session: ort.InferenceSession, card: ModelCard) -> None:
        self._ort, self._card = session, card
        self._input = session.get_inputs()[0].name
        self._outputs = find_outputs({output.name for output in session.get_outputs()}, card)

    @classmethod
    def load(cls, path: Path | None = None) -> "EmotionClassifier":
        """Open a network file, by default the shipped one. Raises `UnusableNetwork`."""
        path = path or SHIPPED_NETWORK
        if not path.is_file():
            raise UnusableNetwork(
                f"There is no emotion network at {path}. Set ROOMTONE_NETWORK to an ONNX file "
                "made by export_onnx.py, or unset it to use the shipped one."
            )
        try:
            session = open_network(path)
        except Exception as error:  # ONNX Runtime's many kinds all mean that the file is no network
            raise UnusableNetwork(f"{path} is not an ONNX file that can be run: {error}") from error
        card = ModelCard.from_metadata(session.get_modelmeta().custom_metadata_map, file=str(path))
        if card.points not in {0, len(LANDMARKS), DENSE_POINTS}:
            raise UnusableNetwork(
                f"{path} takes {card.points} facial points a face; a face finder gives "
                f"{len(LANDMARKS)}, a landmark network {DENSE_POINTS}. Use a network that takes "
                "these, or none."
            )
        classifier = cls(session, card)
        classifier.check_shapes(str(path))
        return classifier

    @property
    def card(self) -> ModelCard:
        """What the network says of itself."""
        return self._card

    @property
    def label_sets(self) -> tuple[LabelSet, ...]:
        """Whose labels the network tells, the default first.

        A file with one output offers what its card was measured on.
        """
        return tuple(self._outputs)

    def check_shapes(self, file: str) -> None:
        """Run blank crops. Raises `UnusableNetwork` when the network contradicts its card."""
        side = self._card.side
        try:
            every = [
                self.classify(np.zeros((2, 1, side, side), np.float32), labels)
                for labels in self.label_sets
            ]
        except Exception as error:  # see load
            raise UnusableNetwork(f"{file} does not take what its card says: {error}") from error
        for told in every:
            if told.shape != (2, len(EMOTIONS)) or not np.allclose(told.sum(1), 1, atol=1e-3):
                raise UnusableNetwork(f"{file} does not answer with seven probabilities per face.")

    def crop(self, picture: Picture, faces: Faces) -> Floats:
        """Cut every face out of `(height, width, 3) uint8` BGR: `(n, 1, side, side) float32`."""
        crops = np.empty((len(faces), self._card.side, self._card.side), np.uint8)
        for box, crop in zip(self._square_boxes(faces.boxes), crops, strict=True):
            _cut_square(picture, *box, into=crop)
        return self.prepare(crops)

    def crop_whole(self, picture: Picture) -> NDArray[np.uint8]:
        """Take a whole picture, BGR or grey, as one face: `(side, side) uint8`."""
        grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        side = self._card.side
        shrinks = min(grey.shape) > side
        resized = cv2.resize(
            grey, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        )
        return resized.astype(np.uint8, copy=False)

    def prepare(self, crops: NDArray[np.uint8]) -> Floats:
        """Normalise `(n, side, side) uint8` into the network's `(n, 1, side, side) float32`."""
        scaled: Floats = crops[:, None] * np.float32(1 / (255 * self._card.std))
        scaled -= self._card.mean / self._card.std
        return scaled

    def classify(
        self, crops: Floats, labels: LabelSet | None = None, *, points: Floats | None = None
    ) -> Floats:
        """Map prepared crops to probabilities `(n, 7) float32`, each row summing to 1.

        `labels` is whose view to tell; by default the crowd's where the network knows it. `points`
        are facial points `(n, k, 2)`, -1 to 1 across the crop; a network that wants them tells a
        face without (nan, or no `points`) from its crop. Raises `MissingHead` when it does not
        know the label set asked for.
        """
        labels = labels or self.label_sets[0]
        if labels not in self._outputs:
            raise MissingHead(self._card, labels, self.label_sets)
        if not len(crops):
            return np.zeros((0, len(EMOTIONS)), np.float32)
        parts = [
            self._ort.run([self._outputs[labels]], self._feed(crops, points, at))[0]
            for at in range(0, len(crops), BATCH)
        ]
        told: Floats = np.concatenate(parts)
        return told

    def place_points(self, faces: Faces) -> Floats:
        """Return where faces' landmarks are in their crops: `(n, 5, 2) float32`, -1 to 1."""
        squares = np.array(self._square_boxes(faces.boxes), int).reshape(-1, 3)
        return place_points(faces.landmarks, squares)

    def _feed(self, crops: Floats, points: Floats | None, at: int) -> dict[str, Floats]:
        """Return one batch's inputs by name."""
        here = slice(at, at + BATCH)
        if not self._card.points:
            return {self._input: crops[here]}
        points = unknown_points(len(crops), self._card.points) if points is None else points
        return {self._input: crops[here], "points": points[here]}

    def _square_boxes(self, boxes: Floats) -> list[tuple[int, int, int]]:
        """Turn boxes into squares of the card's size about the same centre: x, y, side."""
        squares = []
        for left, top, width, height in boxes.tolist():
            side = self._card.crop_side * math.sqrt(max(width * height, 1))
            corner = left + (width - side) / 2, top + (height - side) / 2
            squares.append((round(corner[0]), round(corner[1]), round(max(side, 2))))
        return squares


def find_outputs(names: set[str], card: ModelCard) -> dict[LabelSet, str]:
    """Return the output that tells each label set's view, in the order of `LABEL_SETS`."""
    if OUTPUTS[LabelSet.FER2013] in names:
        return {labels: OUTPUTS[labels] for labels in LABEL_SETS if OUTPUTS[labels] in names}
    return {card.labels: "probabilities"}


def restore_crops(prepared: Floats, card: ModelCard) -> NDArray[np.uint8]:
    """Undo `prepare` exactly: `(n, 1, side, side) float32` back to `(n, side, side) uint8`."""
    levels = np.rint((prepared[:, 0] * card.std + card.mean) * 255)
    crops: NDArray[np.uint8] = levels.clip(0, 255).astype(np.uint8)
    return crops


def _cut_square(
    picture: Picture, left: int, top: int, side: int, *, into: NDArray[np.uint8]
) -> None:
    """Cut, turn grey and resize one square; beyond the picture's edge its border goes on."""
    height, width = picture.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + side, width), min(top + side, height)
    if x0 >= x1 or y0 >= y1:
        into[:] = 127
        return
    square = cv2.cvtColor(picture[y0:y1, x0:x1], cv2.COLOR_BGR2GRAY)
    if x1 - x0 < side or y1 - y0 < side:
        square = cv2.copyMakeBorder(
            square, y0 - top, top + side - y1, x0 - left, left + side - x1, cv2.BORDER_REPLICATE
        )
    interpolation = cv2.INTER_AREA if side > len(into) else cv2.INTER_LINEAR
    cv2.resize(square, into.shape[::-1], dst=into, interpolation=interpolation)
