"""What a table of a report is made of, before it is HTML or paper."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

MORE, LESS = "▲", "▼"


@dataclass(frozen=True)
class Moment:
    """A cell with a time of the day, which is written in a zone."""

    at: datetime


@dataclass(frozen=True)
class Told:
    """A cell with a number and its interval. sign: `MORE`, `LESS`, or nothing."""

    number: str
    interval: str
    sign: str = ""


@dataclass(frozen=True)
class Swatch:
    """A cell with the name of an emotion or answer beside its colour and pattern."""

    key: str
    name: str


Cell = str | Moment | Told | Swatch


@dataclass(frozen=True)
class Column:
    """A column's head. words: it holds words and stands left; others hold figures."""

    head: str
    words: bool = False


@dataclass(frozen=True)
class Table:
    """A table. telling: how telling each row is, for paper that has no room for all."""

    key: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    telling: Sequence[float] = field(default_factory=list)
