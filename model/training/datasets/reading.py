"""Any form of labelled faces, told by what is given: a table, a zip, folders."""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.emotions import EMOTIONS
from model.labels_table import TABLE
from model.training.config import TrainingConfig
from model.training.datasets.archive import open_listed, read_listed
from model.training.datasets.face_dataset import FaceDataset
from model.training.datasets.faults import UnreadableDataset
from model.training.datasets.folders import read_folders
from model.training.datasets.gathering import BadPictures, Gathering
from model.training.datasets.table import read_table


@dataclass(frozen=True)
class DataSplits:
    """Faces to train on and to choose by, and sentences about them that a user should read."""

    train: FaceDataset
    valid: FaceDataset
    notes: tuple[str, ...] = ()


def read_config_faces(config: TrainingConfig, data: Path | None = None) -> DataSplits:
    """Read the faces that a config means; the same config gives the same split.

    `data` is where they are now, when not where they were. Raises `UnreadableDataset`.
    """
    moved, data = data is not None, data or Path(config.data)
    votes = Path(config.votes) if config.votes else None
    splits = read_faces(
        data,
        votes=None if moved and not _is_table(data) else votes,
        valid_share=config.valid_share,
        seed=config.seed,
        skip_bad=config.skip_bad,
    )
    if config.limit is None:
        return splits
    train, valid = splits.train.first(config.limit), splits.valid.first(config.limit)
    return DataSplits(train, valid, splits.notes)


def read_faces(
    path: Path,
    *,
    votes: Path | None = None,
    valid_share: float = 0.1,
    seed: int = 1,
    skip_bad: bool = False,
) -> DataSplits:
    """Read FER2013's table, a zip or folder with `labels.csv`, or a folder per emotion.

    `votes` is FER+'s table beside FER2013's. What has no part for validation is split by `seed`:
    `valid_share` of every emotion's faces. Raises `UnreadableDataset`; pictures that can't be read
    are named together, or with `skip_bad` left out and named in the notes.
    """
    bad = BadPictures()
    train, valid = _read_parts(path, votes, bad)
    bad.settle(skip=skip_bad)
    notes = _tell_skipped(bad)
    if valid is None:
        whole = len(train)
        train, valid = split_faces(train, valid_share, seed)
        notes.append(
            f"{path} has no part for validation: {len(valid)} of its {whole} faces are kept for "
            f"it ({100 * valid_share:g} % of every emotion's, drawn by seed {seed})."
        )
    for name, part in (("train", train), ("validate", valid)):
        if not len(part):
            raise UnreadableDataset(
                f"{path} has no face to {name} on. Give more faces, or another --valid-share."
            )
    notes += _tell_missing(train)
    return DataSplits(FaceDataset.of(train), FaceDataset.of(valid), tuple(notes))


def split_faces(whole: Gathering, share: float, seed: int) -> tuple[Gathering, Gathering]:
    """Take `share` of every emotion's faces away; return the rest and them, each in order."""
    random, emotions = np.random.default_rng(seed), np.array(whole.emotions)
    taken = np.zeros(len(whole), bool)
    for emotion in range(len(EMOTIONS)):
        at = np.flatnonzero(emotions == emotion)
        taken[random.permutation(at)[: round(share * len(at))]] = True
    return whole.take(np.flatnonzero(~taken)), whole.take(np.flatnonzero(taken))


def _read_parts(
    path: Path, votes: Path | None, bad: BadPictures
) -> tuple[Gathering, Gathering | None]:
    if not path.exists():
        raise UnreadableDataset(f"There is nothing at {path}. --data takes a table, zip or folder.")
    if _is_table(path):
        return read_table(path, votes, bad)
    if votes is not None:
        raise UnreadableDataset(
            f"--votes belongs to FER2013's table, line by line, and {path} is none. "
            f"A {TABLE} holds votes in its own columns."
        )
    if zipfile.is_zipfile(path) or (path / TABLE).is_file():
        with open_listed(path) as read:
            return read_listed(read, "train", bad), read_listed(read, "valid", bad)
    if path.is_dir():
        return read_folders(path, bad)
    raise UnreadableDataset(
        f"{path} is neither a table (.csv), nor a whole zip, nor a folder. See docs/training.md."
    )


def _is_table(path: Path) -> bool:
    return path.is_file() and path.suffix.lower() == ".csv"


def _tell_skipped(bad: BadPictures) -> list[str]:
    if not bad.sentences:
        return []
    lines = (f"  {sentence}" for sentence in bad.sentences)
    return ["\n".join((f"Skipped, because they cannot be read: {len(bad.sentences)}", *lines))]


def _tell_missing(train: Gathering) -> list[str]:
    missing = [str(e) for at, e in enumerate(EMOTIONS) if at not in set(train.emotions)]
    return [f"No face to learn {', '.join(missing)} from."] if missing else []
