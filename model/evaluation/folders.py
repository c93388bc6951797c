"""Faces in a folder with one sub-folder per emotion. May import pictures and the vocabulary."""

from functools import partial
from pathlib import Path

from model.clips.pictures import SUFFIXES, count_naturally, read_picture
from model.emotions import EMOTIONS, Emotion, LabelSet, UnknownEmotion, parse_emotion
from model.evaluation.dataset import Dataset, LabelledPicture, UnusableDataset


def list_labelled(folder: Path, labels: LabelSet = LabelSet.CROWD) -> Dataset:
    """List the pictures of a folder with one sub-folder per emotion, at any depth below it.

    Raises `UnusableDataset` for an unknown folder name or when there is no picture.
    """
    if not folder.is_dir():
        raise UnusableDataset(f"There is no folder “{folder}”.")
    found, left_out, notes = list[LabelledPicture](), list[str](), list[str]()
    for branch in sorted(p for p in folder.iterdir() if not p.name.startswith(".")):
        if not branch.is_dir():
            left_out += [f"“{branch}”: it is in no emotion's folder."] if _named(branch) else []
            continue
        emotion, before = _emotion_of(branch), len(found)
        for path in sorted((p for p in branch.rglob("*") if p.is_file()), key=count_naturally):
            if _named(path):
                found.append(LabelledPicture(str(path), emotion, partial(read_picture, path)))
            elif not path.name.startswith("."):
                left_out.append(f"“{path}”: not a kind of picture that is read here.")
        if len(found) == before:
            notes.append(f"“{branch}” holds no picture, so nothing is measured for {emotion}.")
    if not found:
        raise UnusableDataset(
            f"{folder} holds no labelled pictures. It needs one sub-folder per emotion "
            f"({', '.join(EMOTIONS)}) with {', '.join(sorted(SUFFIXES))} files in them."
        )
    return Dataset(folder.resolve().name, labels, found, left_out, notes=notes)


def _named(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def _emotion_of(branch: Path) -> Emotion:
    try:
        return parse_emotion(branch.name)
    except UnknownEmotion as error:
        raise UnusableDataset(f"The folder {branch} names no emotion: {error}") from None
