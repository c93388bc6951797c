"""FER+'s votes (Barsoum et al. 2016): ten people's view of each face of FER2013. No torch."""

import csv
from pathlib import Path

from model.labels_table import OTHER_VOTES, VOTES, parse_votes
from model.training.datasets.faults import UnreadableDataset

NO_VOTES = [0] * (len(VOTES) + 1)
"""What is known of a face that nobody voted on."""

_NOT_A_FACE = "NF"
"""What `fer2013new.csv` calls the last column."""


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
