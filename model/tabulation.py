"""Tables and sentences for the terminal about what pictures and videos say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from model.analysis import Total, find_most_frequent
from model.emotions import EMOTIONS, Emotion

NARROWEST = 118
"""Columns of a table, at least: not wrapped where it is sent into a file."""


@dataclass(frozen=True)
class Row:
    """One frame of a video or picture of a folder. where: its second or its name."""

    where: str
    counts: dict[Emotion, int]


def tabulate_faces(name: str, faces: Sequence[dict[str, Any]]) -> Table:
    """Draw one picture's faces, a row each, with the confidence for each emotion in percent."""
    table = _begin(name, "picture")
    for title in ("box", "emotion"):
        table.add_column(title, no_wrap=True)
    for title in (*map(str, EMOTIONS), "yaw", "pitch", "roll"):
        table.add_column(title, justify="right", no_wrap=True)
    for at, face in enumerate(faces):
        table.add_row("" if at else name, *_tell_face(face))
    if not faces:
        table.add_row(name, "no face found", style="dim")
    return table


def tabulate_frames(name: str, unit: str, rows: Sequence[Row]) -> Table:
    """Draw one row for each frame: faces, how many show each emotion, and what most show."""
    table = _begin(name, unit)
    table.add_column("faces", justify="right", no_wrap=True)
    for emotion in EMOTIONS:
        table.add_column(str(emotion), justify="right", no_wrap=True)
    table.add_column("most frequent", no_wrap=True)
    for row in rows:
        faces = sum(row.counts.values())
        numbers = [str(n) if n else "·" for n in row.counts.values()]
        most = tell_most_frequent(row.counts) or "no face found"
        table.add_row(row.where, str(faces), *numbers, most, style=None if faces else "dim")
    return table


def tell_most_frequent(counts: dict[Emotion, int]) -> str:
    """Name the emotion that most faces show, or those that tie; empty without faces."""
    return ", ".join(map(str, find_most_frequent(counts)))


def tell_total(total: Total, unit: str = "picture") -> str:
    """Tell a total of pictures, or of frames, in a sentence or two."""
    pictures = f"{total.frames} {unit}{'s' * (total.frames != 1)}"
    if not total.faces:
        return f"{pictures}: no face found."
    if total.frames_without_faces:
        pictures += f", {total.frames_without_faces} without a face"
    counted = ", ".join(f"{emotion} {n}" for emotion, n in total.counts.items() if n)
    told = f"{pictures}, {total.faces} face{'s' * (total.faces != 1)}: {counted}."
    if total.faces == 1:
        return told
    most = find_most_frequent(total.counts)
    share = 100 * max(total.counts.values()) / total.faces
    each = " each" * (len(most) > 1)
    return f"{told} Most frequent: {', '.join(map(str, most))} ({share:.0f} %{each})."


def table_console() -> Console:
    """Return a console for stdout, wide enough for a whole row where it is no terminal."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=NARROWEST)


def _begin(name: str, unit: str) -> Table:
    table = Table(title=name, title_justify="left", box=None, pad_edge=False)
    table.add_column(unit, overflow="fold")
    return table


def _tell_face(face: dict[str, Any]) -> list[str]:
    x, y, width, height = face["box"]
    confidences = [f"{100 * p:.0f}" for p in face["probabilities"].values()]
    pose = [str(round(angle)) for angle in face["pose"].values()]
    return [f"{x:.0f},{y:.0f} {width:.0f}x{height:.0f}", face["emotion"], *confidences, *pose]
