"""Faces listed in a `labels.csv`: in a zip of FER2013's form, or in that zip unpacked.

Without torch: pictures are read one after the other, as those of a folder are.
"""

import csv
import io
import zipfile
from functools import partial
from pathlib import Path

from model.clips.clip import UnreadableClip
from model.clips.pictures import decode_upright
from model.emotions import Emotion, LabelSet
from model.evaluation.dataset import (
    Agreement,
    Dataset,
    LabelledPicture,
    Picture,
    UnusableDataset,
)
from model.evaluation.folders import list_labelled
from model.evaluation.votes import WrongLine, read_emotion
from model.labels_table import TABLE, UNREADABLE, VOTES, ReadBytes, Row

VALID = "valid"
VALID_TOO = ("validation", "val")
SPLITS = (VALID, *VALID_TOO, "test", "train")
"""Folders that a collection may have around its folders per emotion."""


def open_dataset(path: Path, labels: LabelSet, split: str | None = None) -> Dataset:
    """Open a folder per emotion, a zip with `labels.csv`, or a folder with `labels.csv`.

    `split` is the folder inside (`train/`, `valid/`) whose faces are meant, by default `valid`;
    a folder per emotion may have such folders around it, or none. Raises `UnusableDataset`.
    """
    if path.is_dir() and not (path / TABLE).is_file():
        return list_labelled(_find_split(path, split), labels)
    if path.is_dir():
        return _list_rows(path, lambda name: (path / name).read_bytes(), labels, split or VALID)
    if not path.exists():
        raise UnusableDataset(f"There is no folder and no zip “{path}”.")
    if path.suffix.lower() == ".csv":
        raise UnusableDataset(
            f"{path} is a table; only training reads those. Give a zip with {TABLE} or a folder "
            "per emotion."
        )
    try:
        archive = zipfile.ZipFile(path)
        names = set(archive.namelist())
    except (OSError, zipfile.BadZipFile) as error:
        raise UnusableDataset(
            f"{path} is neither a folder nor a zip that can be opened ({error})."
        ) from None
    if TABLE not in names:
        raise UnusableDataset(
            f"{path} has no {TABLE} inside, so nobody can say what its pictures show. It needs "
            f"the columns file and emotion; or unpack it to one folder per emotion."
        )
    return _list_rows(path, archive.read, labels, split or VALID)


def _find_split(folder: Path, split: str | None) -> Path:
    """Return the folder of the split inside, or the folder itself if it has none and none is asked.

    Raises `UnusableDataset` naming the splits that are there.
    """
    if not (splits := [name for name in SPLITS if (folder / name).is_dir()]):
        if split is None:
            return folder
        raise UnusableDataset(
            f"{folder} is a folder per emotion, which has no splits. Leave --split out, or name "
            "the split's own folder."
        )
    wanted = [split] if split else [name for name in SPLITS if name in (VALID, *VALID_TOO)]
    for name in wanted:
        if name in splits:
            return folder / name
    raise UnusableDataset(
        f"{folder} has no {split or VALID}/, but {', '.join(f'{name}/' for name in splits)}. Name "
        "one of them with --split."
    )


def _list_rows(path: Path, read: ReadBytes, labels: LabelSet, split: str) -> Dataset:
    rows, splits = _read_rows(path, read, split)
    if not rows:
        there = ", ".join(sorted(splits)) or "none at all"
        raise UnusableDataset(
            f"{TABLE} in {path} lists no picture under {split}/. Its splits are: {there}."
        )
    if labels is LabelSet.CROWD and not rows[0][1].keys() & set(VOTES):
        raise UnusableDataset(
            f"{TABLE} in {path} has no votes of the crowd (columns {', '.join(VOTES)}). "
            "Give --labels fer2013 to measure by its column emotion."
        )
    pictures, undecided, decided, agree, both = list[LabelledPicture](), 0, 0, 0, 0
    for line, row in rows:
        try:
            meant = {one: _try_emotion(row, one, labels) for one in LabelSet}
        except WrongLine as error:
            raise UnusableDataset(f"{TABLE} in {path}, line {line}: {error}") from None
        emotion, name = meant[labels], row["file"] or ""
        if emotion is None:
            undecided += 1
        else:
            pictures.append(LabelledPicture(name, emotion, partial(_read_picture, read, name)))
        crowd, single = meant[LabelSet.CROWD], meant[LabelSet.FER2013]
        both += single is not None
        decided += crowd is not None and single is not None
        agree += crowd is not None and crowd == single
    if not pictures:
        raise UnusableDataset(
            f"The crowd has decided on no face under {split}/ of {path}: no emotion has more than "
            "half of the votes anywhere. Give --labels fer2013 to measure by its column emotion."
        )
    notes = _tell_undecided(undecided, len(rows))
    has_votes = bool(rows[0][1].keys() & set(VOTES))
    agreement = Agreement(both, decided, agree) if has_votes and both else None
    name = f"{path.name} {split}"
    return Dataset(name, labels, pictures, undecided=undecided, agreement=agreement, notes=notes)


def _tell_undecided(undecided: int, faces: int) -> list[str]:
    if not undecided:
        return []
    sentence = (
        f"{undecided:,} of {faces:,} faces are undecided and not measured: none of the seven "
        "emotions has more than half of the crowd's votes."
    )
    return [sentence]


def _try_emotion(row: Row, one: LabelSet, wanted: LabelSet) -> Emotion | None:
    """Read one label set; only the wanted one has to be there."""
    try:
        return read_emotion(row, one)
    except WrongLine:
        if one is wanted:
            raise
        return None


def _read_rows(path: Path, read: ReadBytes, split: str) -> tuple[list[tuple[int, Row]], set[str]]:
    """Return the lines of one split with their numbers, and the names of all splits."""
    try:
        text = read(TABLE).decode("utf-8-sig")
    except (*UNREADABLE, UnicodeDecodeError) as error:
        raise UnusableDataset(f"{TABLE} in {path} cannot be read ({error}).") from None
    table = csv.DictReader(io.StringIO(text))
    try:
        return _choose_rows(path, table, split)
    except csv.Error as error:
        raise UnusableDataset(f"{TABLE} in {path}, line {table.line_num + 1}: {error}.") from None


def _choose_rows(
    path: Path, table: "csv.DictReader[str]", split: str
) -> tuple[list[tuple[int, Row]], set[str]]:
    rows, splits = list[tuple[int, Row]](), set[str]()
    if missing := {"file", "emotion"} - set(table.fieldnames or ()):
        raise UnusableDataset(
            f"{TABLE} in {path}, line 1: the column {' and '.join(sorted(missing))} is missing."
        )
    for row in table:
        file = row["file"] or ""
        if "/" not in file:
            raise UnusableDataset(
                f"{TABLE} in {path}, line {table.line_num}: “{file}” is in no split; a file is "
                "written as valid/00001.webp."
            )
        splits.add(file.split("/")[0])
        if file.startswith(f"{split}/"):
            rows.append((table.line_num, row))
    return rows, splits


def _read_picture(read: ReadBytes, name: str) -> Picture:
    """Decode one picture, BGR. Raises `UnreadableClip`."""
    try:
        data = read(name)
    except (*UNREADABLE, KeyError, ValueError) as error:
        raise UnreadableClip(Path(name), f"it cannot be read ({error})") from None
    return decode_upright(Path(name), data)
