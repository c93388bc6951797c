"""FER+'s votes (Barsoum et al. 2016): ten people's view of each face of FER2013. No torch."""

import csv
from collections.abc import Mapping
from pathlib import Path

from model.training.datasets.faults import UnreadableDataset

VOTES = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
"""FER+'s columns of the seven emotions, in the order of `EMOTIONS`."""
OTHER_VOTES = ("contempt", "unknown", "not_a_face")

NO_VOTES = [0] * (len(VOTES) + 1)
"""What is known of a face that nobody voted on."""

_NOT_A_FACE = "NF"
"""What `fer2013new.csv` calls the last column."""


def parse_votes(row: Mapping[str, str | None]) -> list[int]:
    """Read a line's votes: the seven emotions, then all others together; empty is none.

    Raises `ValueError` naming the column.
    """
    counts = [_parse_count(row, name) for name in (*VOTES, *OTHER_VOTES)]
    return [*counts[: len(VOTES)], sum(counts[len(VOTES) :])]


def read_votes_table(path: Path) -> list[tuple[str, list[int]]]:
    """Read Microsoft's `fer2013new.csv`: usage and votes, line by line as in `fer2013.csv`.

    Raises `UnreadableDataset` naming the line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            names = [(name or "").strip() for name in table.fieldnames or ()]
            table.fieldnames = ["not_a_face" if n == _NOT_A_FACE else n for n in names]
            if missing := {"Usage", *VOTES, *OTHER_VOTES} - set(table.fieldnames):
                raise UnreadableDataset(
                    f"{path}, line 1: the column {', '.join(sorted(missing))} is missing. "
                    "--votes takes FER+'s fer2013new.csv."
                )
            return [_read_line(path, table.line_num, row) for row in table]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableDataset(f"{path}: cannot be read as a table of votes ({error}).") from error


def _read_line(path: Path, line: int, row: dict[str, str]) -> tuple[str, list[int]]:
    try:
        return (row["Usage"] or "").strip(), parse_votes(row)
    except ValueError as error:
        raise UnreadableDataset(f"{path}, line {line}: {error}") from error


def _parse_count(row: Mapping[str, str | None], column: str) -> int:
    text = (row.get(column) or "").strip()
    if text and not (text.isascii() and text.isdigit()):
        raise ValueError(f"“{text}” in column {column} is not a number of votes.")
    return int(text or 0)
