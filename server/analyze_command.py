"""The command `roomtone analyze`: the networks without a server.

It stands here because a recording's report is made as a session's is; everything else it calls is
in `model`.
"""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from model.analyzing import FileAnswer, Wish, analyze_files, write_json
from model.annotating import UnusableOutput, choose_targets
from model.card import UnusableNetwork
from model.finders import FinderMissing
from model.pipeline import FramePipeline
from model.runtime import count_cores, use_one_thread_per_frame
from server.recorded_report import ReportMaker, WrongReport

MOST_WORKERS = 4
"""Frames read at once, at most: each takes 60 MB of memory, and decoding keeps no more busy."""
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

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
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the report of a recording: .html, .pdf, .json, .csv or .parquet.",
        ),
    ] = None,
    annotate: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT",
            help="Write a copy with boxes, emotions and confidence drawn on every frame; of "
            "several files or a folder, into the folder OUT.",
        ),
    ] = None,
    every: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=0,
            help="Read a video this often; 0: every frame.",
            show_default="1",
        ),
    ] = None,
    fps: Annotated[
        float | None,
        typer.Option(metavar="NUMBER", min=0.001, help="Frames to read a second, for --every."),
    ] = None,
    title: Annotated[
        str | None,
        typer.Option(help="Of the report.", show_default="the file's name"),
    ] = None,
    started_at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
            metavar="TIME",
            help="When the lesson began, as in 2026-03-02T10:15; this machine's time zone.",
            show_default="its length before the file was last changed",
        ),
    ] = None,
    students: Annotated[
        int | None,
        typer.Option(min=1, max=10_000, help="Students enrolled, for the report's coverage."),
    ] = None,
    network: Network = None,
    landmark_network: LandmarkNetworkFile = None,
    finder: FinderName = "centerface",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Find the faces of pictures and videos and tell their expressions.

    Works without a server; nothing is sent, and nothing stored but what is
    asked for. Of a picture: each face's box in pixels, its likeliest emotion,
    the confidence for each of the seven in percent, and the head's pose in
    degrees (yaw: positive to the picture's right, pitch: up, roll:
    clockwise). Of a video or a folder: a row for each frame or picture.

    For example:

      roomtone analyze class.jpg

      roomtone analyze lesson.mp4 --report lesson.html --students 24

      roomtone analyze lesson.mp4 --annotate seen.mp4 --every 0.2

      roomtone analyze photos/ --annotate seen/

      roomtone analyze photos/ lesson.mp4 --json > faces.json

    Visible expressions, not feelings, attention or understanding.

    Exit code: 0, or 1 when a file could not be read or written; the others
    still are. 130 after Ctrl-C; no half-written file is left.
    """
    console = Console(stderr=True, highlight=False)
    use_one_thread_per_frame()
    try:
        seconds = _choose_every(every, fps)
        maker = ReportMaker(report, title, started_at, students, seconds) if report else None
        if maker:
            maker.check(files)
        targets = choose_targets([Path(name) for name in files], annotate) if annotate else None
        pipeline = FramePipeline.load(network, finder, landmark_network=landmark_network)
    except (UnusableNetwork, FinderMissing, UnusableOutput, WrongReport) as error:
        console.print(Text(str(error)))
        raise typer.Exit(1) from None
    wish = Wish(
        every=seconds,
        workers=min(count_cores(), MOST_WORKERS),
        show=not as_json,
        list_frames=report is None and annotate is None,
        keep=as_json,
        targets=targets,
    )
    try:
        answers = _run(files, pipeline, console, wish, maker)
    except KeyboardInterrupt:
        console.print("Stopped; no half-written file is left.")
        raise typer.Exit(INTERRUPTED) from None
    if as_json:
        sys.stdout.write(write_json(answers, pipeline.network_version))
    raise typer.Exit(int(any(answer.problems for answer in answers)))


def _choose_every(every: float | None, fps: float | None) -> float:
    if every is not None and fps is not None:
        raise WrongReport("Say either --every or --fps; one follows from the other.")
    return 1 / fps if fps else 1.0 if every is None else every


def _run(
    files: list[str],
    pipeline: FramePipeline,
    console: Console,
    wish: Wish,
    maker: ReportMaker | None,
) -> list[FileAnswer]:
    if maker is None:
        return analyze_files(files, pipeline, console, wish)
    observe = maker.observe_with(pipeline.network_version, pipeline.estimators)
    try:
        answers = analyze_files(files, pipeline, console, replace(wish, observe=observe))
        if answers[0].total.frames:
            console.print(Text(f"Report: {maker.write(datetime.now(UTC))}"))
    except WrongReport as error:
        console.print(Text(str(error)))
        raise typer.Exit(1) from None
    return answers
