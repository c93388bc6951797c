"""What a comparison needs of a report: the report without its series, and that as it is written.

Fifty series are nearly all there is to read, and only their shares are compared, so they stay
plain numbers. Imports `server.schemas` only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from pydantic_core import from_json

from model.emotions import EMOTIONS
from server.schemas import Report

ENDS = ("share", "low", "high")
_Numbers = list[tuple[float, float, float]]


@dataclass(frozen=True)
class Piece:
    """One stretch of a series.

    since: seconds after the session's start; shares: `(7, 3)` numbers by emotion, each share with
    its ends, None where not enough may be told.
    """

    since: float
    seconds: float
    visible: int
    present: int
    coverage: float | None
    said: int
    shares: _Numbers | None


@dataclass(frozen=True)
class Lesson:
    """One report; its own `series` is empty and stands here."""

    report: Report
    series: Sequence[Piece]

    @classmethod
    def read(cls, document: str) -> Self:
        """Read a report's JSON. Raises `ValueError` where it is not one of this version."""
        written = from_json(document)
        pieces = written.pop("series")
        report = Report.model_validate({**written, "series": []})
        start = report.session.started_at
        return cls(report, [_read_piece(piece, start) for piece in pieces])

    @classmethod
    def of(cls, report: Report) -> Self:
        """Return the same of a report that was just made."""
        return cls.read(report.model_dump_json())

    @property
    def seconds(self) -> float:
        """Return how long it was."""
        told = self.report.session
        return (told.ended_at - told.started_at).total_seconds()


def _read_piece(written: Mapping[str, Any], start: datetime) -> Piece:
    shares = written["shares"]
    return Piece(
        since=(datetime.fromisoformat(written["start"]) - start).total_seconds(),
        seconds=written["seconds"],
        visible=written["visible"],
        present=written["present"],
        coverage=written["coverage"],
        said=written["said"],
        shares=shares and [tuple(shares[emotion][end] for end in ENDS) for emotion in EMOTIONS],
    )
