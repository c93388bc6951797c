"""Labelled pictures: where each one is, what it shows, and what was left out. Knows no network."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.emotions import EMOTIONS, Emotion, LabelSet

Picture = NDArray[np.uint8]
Integers = NDArray[np.int64]


class UnusableDataset(Exception):
    """A dataset that can't be evaluated; the message names what is wrong with it."""


@dataclass(frozen=True)
class LabelledPicture:
    """A picture, how to read it, and the emotion that it counts as.

    `read` returns `(height, width[, 3]) uint8`, and raises `UnreadableClip` or `OSError`.
    """

    name: str
    emotion: Emotion
    read: Callable[[], Picture]


@dataclass(frozen=True)
class Agreement:
    """How often the two label sets say the same of the same faces.

    `faces` have a label of both; of these `decided` have a crowd's majority for one emotion, and
    `agree` of them the same emotion in both.
    """

    faces: int
    decided: int
    agree: int

    def tell(self) -> dict[str, Any]:
        """Return it for JSON, with the share of all faces and of the decided ones."""
        return {
            "faces": self.faces,
            "decided": self.decided,
            "agree": self.agree,
            "share": round(self.agree / self.faces, 6) if self.faces else None,
            "share_of_decided": round(self.agree / self.decided, 6) if self.decided else None,
        }


@dataclass(frozen=True)
class Dataset:
    """Labelled pictures, and a sentence for every file that is none.

    `undecided` faces have no emotion by these labels and are not among `pictures`; `notes` are
    sentences about the whole of it.
    """

    name: str
    labels: LabelSet
    pictures: list[LabelledPicture]
    left_out: list[str] = field(default_factory=list)
    undecided: int = 0
    agreement: Agreement | None = None
    notes: list[str] = field(default_factory=list)

    def truth(self) -> Integers:
        """Return every picture's emotion, `(n,) int64`, as indices into `EMOTIONS`."""
        return np.array([EMOTIONS.index(one.emotion) for one in self.pictures], np.int64)
