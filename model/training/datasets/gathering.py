"""Faces being gathered by a reader, and the pictures that could not be. No torch."""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from model.training.datasets.faults import CorruptPictures
from model.training.datasets.votes import NO_VOTES

SIDE = 48
"""Side of a training crop in pixels: FER2013's."""

Crop = NDArray[np.uint8]


class UnreadableCrop(ValueError):
    """A picture that is none, or of the wrong size; the message names it."""


@dataclass
class Gathering:
    """Crops `(48, 48) uint8` with an emotion's index and eight votes each."""

    crops: list[Crop] = field(default_factory=list)
    emotions: list[int] = field(default_factory=list)
    votes: list[list[int]] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.emotions)

    def add(self, crop: Crop, emotion: int, votes: list[int] | None = None) -> None:
        """Add one face."""
        self.crops.append(crop)
        self.emotions.append(emotion)
        self.votes.append(NO_VOTES if votes is None else votes)

    def take(self, chosen: NDArray[np.intp]) -> "Gathering":
        """Return the chosen faces, in that order."""
        return Gathering(
            [self.crops[at] for at in chosen],
            [self.emotions[at] for at in chosen],
            [self.votes[at] for at in chosen],
        )


@dataclass
class BadPictures:
    """A sentence for each picture that can't be read."""

    sentences: list[str] = field(default_factory=list)

    def try_read(self, read: Callable[[], Crop]) -> Crop | None:
        """Return the crop, or note why there is none."""
        try:
            return read()
        except UnreadableCrop as error:
            self.sentences.append(str(error))
            return None

    def settle(self, *, skip: bool) -> None:
        """Raise `CorruptPictures` if there are any and they are not to be skipped."""
        if self.sentences and not skip:
            raise CorruptPictures(self.sentences)


def resize_whole(grey: Crop) -> Crop:
    """Take a whole grey picture as one face, as `EmotionClassifier.crop_whole` does."""
    shrinks = min(grey.shape) > SIDE
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    resized: Crop = cv2.resize(grey, (SIDE, SIDE), interpolation=interpolation).astype(np.uint8)
    return resized
