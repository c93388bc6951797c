"""`labels.csv`: which face shows what, by FER2013 and by the crowd's votes. Pure; needs no torch.

FER+ (Barsoum et al. 2016, "Training Deep Networks for Facial Expression Recognition with
Crowd-Sourced Label Distribution") asked ten people about every face of FER2013.
"""

import zipfile
import zlib
from collections.abc import Callable, Mapping

TABLE = "labels.csv"

VOTES = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
"""FER+'s columns of the seven emotions, in the order of `EMOTIONS`."""
OTHER_VOTES = ("contempt", "unknown", "not_a_face")

UNREADABLE = (OSError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What reading from a zip or a folder raises; RuntimeError when the zip wants a password, or was
packed by a method that Python does not know."""

ReadBytes = Callable[[str], bytes]
"""From a file's name, as the table has it, to its bytes."""
Row = Mapping[str, str | None]


def parse_votes(row: Row) -> list[int]:
    """Read a line's votes: the seven emotions, then all others together; empty is none.

    Raises `ValueError` naming the column.
    """
    counts = [_parse_count(row, name) for name in (*VOTES, *OTHER_VOTES)]
    return [*counts[: len(VOTES)], sum(counts[len(VOTES) :])]


def _parse_count(row: Row, column: str) -> int:
    text = (row.get(column) or "").strip()
    if text and not (text.isascii() and text.isdigit()):
        raise ValueError(f"“{text}” in column {column} is not a number of votes.")
    return int(text or 0)
