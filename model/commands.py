"""The command `roomtone analyze`: the networks without a server."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from model.analysis import add_up, analyze_clip
from model.card import UnusableNetwork
from model.clip_reading import PictureReader
from model.clips import Clip, ClipError, ClipFrame, Kind, open_clip
from model.emotions import EMOTIONS
from model.finders import FinderMissing
from model.pipeline import FramePipeline

Network = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="Emotion network: an ONNX file made by export_onnx.py.",
        show_default="the shipped one",
    ),
]
LandmarkNetworkFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="ONNX file that locates the 468 facial points some networks take."
    ),
]
FinderName = Annotated[
    str, typer.Option(metavar="NAME", help="Face finder: centerface, or a YuNet ONNX file.")
]


def analyze(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Pictures, videos, GIFs, folders of pictures."),
    ],
    *,
    every: Annotated[
        float,
        typer.Option(metavar="SECONDS", min=0, help="Read a video this often; 0: every frame."),
    ] = 1.0,
    network: Network = None,
    landmark_network: LandmarkNetworkFile = None,
    finder: FinderName = "centerface",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Find the faces of pictures and videos and tell their expressions.

    Works without a server; nothing is stored or sent. For every picture:
    each face's box in pixels, its likeliest emotion, the confidence for each
    of the seven in percent, and the head's pose in degrees (yaw: positive to
    the picture's right, pitch: up, roll: clockwise).

    For example:

      roomtone analyze class.jpg

      roomtone analyze lesson.mp4 --every 5

      roomtone analyze photos/ lesson.mp4 --json > faces.json

    Visible expressions, not feelings, attention or understanding.

    Exit code: 0, or 1 when a file could not be read; the others still are.
    """
    console = Console(stderr=True, highlight=False)
    try:
        pipeline = FramePipeline.load(network, finder, landmark_network=landmark_network)
    except (UnusableNetwork, FinderMissing) as error:
        console.print(Text(str(error)))
        raise typer.Exit(1) from None
    answer, failed = analyze_files(files, pipeline, console, every=every, show=not as_json)
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1) + "\n")
    raise typer.Exit(int(failed))


def analyze_files(
    files: list[str], pipeline: FramePipeline, console: Console, *, every: float, show: bool
) -> tuple[dict[str, Any], bool]:
    """Analyse file by file; return all of it, and whether anything could not be read.

    Still pictures are searched at several scales, as `POST /api/v1/analyze` does. Tables go to
    stdout when `show`, progress and sentences about bad files to `console`.
    """
    table_console = _table_console()
    readers: dict[bool, PictureReader] = {True: pipeline, False: pipeline.thorough()}
    told, failed = list[dict[str, Any]](), False
    for name in files:
        about: dict[str, Any] = {"file": name, "frames": [], "problems": []}
        try:
            clip = _open_file(name)
            about["kind"] = str(clip.kind)
            _read_into(about, clip, readers[clip.kind is Kind.VIDEO], console, every)
        except ClipError as error:
            about["problems"].append(str(error))
        about["total"] = add_up(about["frames"])
        told.append(about)
        failed |= bool(about["problems"])
        if show and about["frames"]:
            table_console.print(tabulate(about), Text(tell_total(about["total"])), "")
        for problem in about["problems"]:
            console.print(Text(problem))
    total = add_up(frame for about in told for frame in about["frames"])
    if show and len(files) > 1:
        table_console.print(Text(f"All together: {tell_total(total)}"))
    return {"network_version": pipeline.network_version, "files": told, "total": total}, failed


def _open_file(name: str) -> Clip:
    """Open a file; a number is a file's name here, never a webcam's."""
    return open_clip(Path(name) if not name.isdecimal() else Path(name).absolute())


def _read_into(
    about: dict[str, Any], clip: Clip, reader: PictureReader, console: Console, every: float
) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        total = clip.seconds if clip.kind is Kind.VIDEO else clip.frame_count
        task = progress.add_task(clip.name, total=total)

        def advance(frame: ClipFrame) -> None:
            done = frame.at_seconds if clip.kind is Kind.VIDEO else frame.index + 1
            progress.update(task, completed=done)

        about["frames"] = list[dict[str, Any]]()
        for frame in analyze_clip(clip, reader, every=every, on_frame=advance):
            about["frames"].append(frame)
    about["problems"] += clip.problems


def tabulate(about: dict[str, Any]) -> Table:
    """Draw one file's faces, a row each; a picture without any says so."""
    video = about["kind"] == Kind.VIDEO
    table = Table(title=about["file"], title_justify="left", box=None, pad_edge=False)
    table.add_column("second" if video else "picture", overflow="fold")
    for name in ("box", "emotion"):
        table.add_column(name, no_wrap=True)
    for name in (*map(str, EMOTIONS), "yaw", "pitch", "roll"):
        table.add_column(name, justify="right", no_wrap=True)
    for frame in about["frames"]:
        where = f"{frame['at_seconds']:.1f}" if video else frame["file"]
        for at, face in enumerate(frame["faces"]):
            table.add_row("" if at else where, *_cells(face))
        if not frame["faces"]:
            table.add_row(where, "no face found", style="dim")
    return table


def _cells(face: dict[str, Any]) -> list[str]:
    x, y, width, height = face["box"]
    confidences = [f"{100 * p:.0f}" for p in face["probabilities"].values()]
    pose = [str(round(angle)) for angle in face["pose"].values()]
    return [f"{x:.0f},{y:.0f} {width:.0f}x{height:.0f}", face["emotion"], *confidences, *pose]


def tell_total(total: dict[str, Any]) -> str:
    """Tell a total in one line."""
    seen = [f"{emotion} {n}" for emotion, n in total["counts"].items() if n]
    frames = f"{total['frames']} {'picture' if total['frames'] == 1 else 'pictures'}"
    if not total["faces"]:
        return f"{frames}: no face found."
    faces = f"{total['faces']} {'face' if total['faces'] == 1 else 'faces'}"
    without = total["frames_without_faces"]
    return (
        f"{frames}, {f'{without} without a face, ' if without else ''}{faces}: {', '.join(seen)}."
    )


def _table_console() -> Console:
    """Return stdout as wide as the terminal, or wide enough for a whole row in a file."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 140)
