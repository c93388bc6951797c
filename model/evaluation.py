"""How well a network tells labelled faces: a folder per emotion in, metrics out. Pure numpy."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from model.card import ModelCard
from model.clips.clip import UnreadableClip
from model.clips.pictures import SUFFIXES, count_naturally, read_picture
from model.emotions import EMOTIONS, Emotion, UnknownEmotion, parse_emotion
from model.faces import Faces, Floats

Integers = NDArray[np.int64]
Picture = NDArray[np.uint8]


class UnusableDataset(Exception):
    """A folder that can't be evaluated; the message names what is wrong with it."""


class WholeFaceClassifier(Protocol):
    """What evaluation needs of a classifier; `EmotionClassifier` is one."""

    @property
    def card(self) -> ModelCard:
        """What the network says of itself."""
        ...

    def crop(self, picture: Picture, faces: Faces) -> Floats:
        """Cut the faces out of a picture, prepared: `(n, 1, side, side) float32`."""
        ...

    def crop_whole(self, picture: Picture) -> Picture:
        """Take the whole picture as one face: `(side, side) uint8`."""
        ...

    def prepare(self, crops: Picture) -> Floats:
        """Normalise `(n, side, side) uint8` to `(n, 1, side, side) float32`."""
        ...

    def classify(self, crops: Floats) -> Floats:
        """Map prepared crops to probabilities `(n, 7) float32`."""
        ...


class Finder(Protocol):
    """Finds the faces of a picture; every `FaceFinder` does."""

    def find(self, picture: Picture) -> Faces:
        """Find all faces, best first."""
        ...


@dataclass(frozen=True)
class LabelledPicture:
    """A picture file and the emotion that its folder says."""

    path: Path
    emotion: Emotion


@dataclass
class Tested:
    """What came out, picture by picture, as indices into `EMOTIONS`; and what was left out.

    skipped: a sentence per picture left out, of which `unreadable` could not be read at all.
    """

    truth: list[int] = field(default_factory=list)
    told: list[int] = field(default_factory=list)
    seconds: float = 0.0
    skipped: list[str] = field(default_factory=list)
    unreadable: int = 0


@dataclass(frozen=True)
class Dataset:
    """Labelled pictures, and a sentence for every file that is none."""

    pictures: list[LabelledPicture]
    left_out: list[str]


def list_labelled(folder: Path) -> Dataset:
    """List the pictures of a folder with one sub-folder per emotion, at any depth below it.

    Raises `UnusableDataset` for an unknown folder name or when there is no picture.
    """
    if not folder.is_dir():
        raise UnusableDataset(f"There is no folder “{folder}”.")
    found, left_out = list[LabelledPicture](), list[str]()
    for branch in sorted(p for p in folder.iterdir() if not p.name.startswith(".")):
        if not branch.is_dir():
            left_out += [f"“{branch}”: it is in no emotion's folder."] if _named(branch) else []
            continue
        emotion = _emotion_of(branch)
        for path in sorted((p for p in branch.rglob("*") if p.is_file()), key=count_naturally):
            if _named(path):
                found.append(LabelledPicture(path, emotion))
            elif not path.name.startswith("."):
                left_out.append(f"“{path}”: not a kind of picture that is read here.")
    if not found:
        raise UnusableDataset(
            f"{folder} holds no labelled pictures. It needs one sub-folder per emotion "
            f"({', '.join(EMOTIONS)}) with {', '.join(sorted(SUFFIXES))} files in them."
        )
    return Dataset(found, left_out)


def _named(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def _emotion_of(branch: Path) -> Emotion:
    try:
        return parse_emotion(branch.name)
    except UnknownEmotion as error:
        raise UnusableDataset(f"The folder {branch} names no emotion: {error}") from None


def run_network(
    dataset: Dataset,
    classifier: WholeFaceClassifier,
    *,
    finder: Finder | None = None,
    on_picture: Callable[[], None] = lambda: None,
) -> Tested:
    """Classify every picture, one at a time; only the classifier's own time is counted.

    Without `finder` the whole picture is the face; with one, its largest face. What can't be read
    or has no face is left out and named.
    """
    tested = Tested(skipped=list(dataset.left_out))
    for labelled in dataset.pictures:
        on_picture()
        crop = _crop(labelled.path, classifier, finder, tested)
        if crop is None:
            continue
        started = time.perf_counter()
        probabilities = classifier.classify(crop)
        tested.seconds += time.perf_counter() - started
        tested.truth.append(EMOTIONS.index(labelled.emotion))
        tested.told.append(int(probabilities[0].argmax()))
    return tested


def _crop(
    path: Path, classifier: WholeFaceClassifier, finder: Finder | None, tested: Tested
) -> Floats | None:
    """Prepare a picture's face `(1, 1, side, side)`, or note why there is none."""
    try:
        picture = read_picture(path)
    except (UnreadableClip, OSError) as error:
        tested.skipped.append(str(error))
        tested.unreadable += 1
        return None
    if finder is None:
        return classifier.prepare(classifier.crop_whole(picture)[None])
    faces = finder.find(picture)
    if not len(faces):
        tested.skipped.append(f"“{path}”: no face found.")
        return None
    largest = faces.boxes[:, 2:].prod(1).argmax()
    return classifier.crop(picture, faces.take(np.array([largest])))


def confuse(truth: Integers, told: Integers) -> Integers:
    """Count `(7, 7)`: rows the true emotion, columns the told one, in the order of `EMOTIONS`."""
    confusion = np.zeros((len(EMOTIONS), len(EMOTIONS)), np.int64)
    np.add.at(confusion, (truth, told), 1)
    return confusion


def measure_confusion(confusion: Integers) -> dict[str, Any]:
    """Derive accuracy, macro-F1, recall and precision per emotion from a confusion matrix.

    Macro-F1 is the mean over emotions that occur, as truth or as told (scikit-learn's meaning).
    Recall of an emotion without pictures and precision of one never told are None, and so is
    everything without any face.
    """
    hits, true, told = np.diag(confusion), confusion.sum(1), confusion.sum(0)
    occurs = (true + told) > 0
    f1 = 2 * hits[occurs] / (true + told)[occurs]
    return {
        "accuracy": round(float(hits.sum() / confusion.sum()), 6) if occurs.any() else None,
        "macro_f1": round(float(f1.mean()), 6) if occurs.any() else None,
        "recall": _shares(hits, true),
        "precision": _shares(hits, told),
    }


def _shares(hits: Integers, of: Integers) -> dict[str, float | None]:
    return {
        str(emotion): round(float(hits[at] / of[at]), 6) if of[at] else None
        for at, emotion in enumerate(EMOTIONS)
    }


def report(tested: Tested, card: ModelCard) -> dict[str, Any]:
    """Put the whole evaluation into one dictionary for JSON."""
    confusion = confuse(np.array(tested.truth, np.int64), np.array(tested.told, np.int64))
    n = len(tested.truth)
    return {
        **measure_confusion(confusion),
        "emotions": [str(emotion) for emotion in EMOTIONS],
        "confusion": confusion.tolist(),
        "n": n,
        "ms_per_face": round(1000 * tested.seconds / n, 3) if n else None,
        "network": card.name,
        "network_version": card.version,
        "skipped": len(tested.skipped),
        "skipped_pictures": tested.skipped,
    }
