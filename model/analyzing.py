"""One walk through files for whoever wants something of them: tables, JSON, copies, a report."""

import json
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from model.analysis import Total, describe_frame
from model.annotating import Annotator, UnusableOutput, annotating
from model.clip_reading import PictureReader, follow_clip, read_clip
from model.clips import Clip, ClipError, ClipFrame, Kind, open_clip
from model.pipeline import FramePipeline, FrameReading
from model.tabulation import Row, table_console, tabulate_faces, tabulate_frames, tell_total

Observer = Callable[[ClipFrame, FrameReading], None]


@dataclass(frozen=True)
class Wish:
    """What is wanted of the files.

    every: seconds between frames that are read, of a video; workers: frames read at once; show:
    tables on stdout; list_frames: also a row for each frame of a video; keep: every face, for
    JSON; targets: where each file's annotated copy goes; observe: called once a clip is open,
    returns what is called with each of its readings.
    """

    every: float = 1.0
    workers: int = 1
    show: bool = True
    list_frames: bool = True
    keep: bool = False
    targets: Sequence[Path] | None = None
    observe: Callable[[Clip], Observer] = lambda _: lambda *_: None


@dataclass
class FileAnswer:
    """What one file says. frames: as JSON, where they are kept; rows: for the table."""

    file: str
    kind: str | None = None
    frames: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    faces: list[dict[str, object]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    total: Total = field(default_factory=Total)

    def add(self, frame: ClipFrame, reading: FrameReading, wish: Wish) -> None:
        """Take a frame in, as far as it is wanted."""
        self.total.add(reading.counts)
        if wish.keep or self.kind == Kind.PICTURE:
            told = describe_frame(frame, reading)
            self.faces = told["faces"]
            if wish.keep:
                self.frames.append(json.dumps(told, ensure_ascii=False))
        listed = wish.list_frames if self.kind == Kind.VIDEO else self.kind != Kind.PICTURE
        if wish.show and listed:
            where = frame.path.name if frame.path else f"{frame.at_seconds:.1f}"
            self.rows.append(Row(where, reading.counts))


def analyze_files(
    files: list[str], pipeline: FramePipeline, console: Console, wish: Wish
) -> list[FileAnswer]:
    """Analyse file by file.

    Still pictures are searched at several scales, as `POST /api/v1/analyze` does. Tables go to
    stdout where they are wanted, progress and sentences about bad files to `console`.
    """
    tables, thorough = table_console(), pipeline.thorough()
    told = list[FileAnswer]()
    for at, name in enumerate(files):
        answer = FileAnswer(name)
        try:
            clip = open_named(name)
            answer.kind = clip.kind
            reader = pipeline if clip.kind is Kind.VIDEO else thorough
            target = wish.targets[at] if wish.targets else None
            _read_into(answer, clip, reader, _Run(console, wish, target))
        except (ClipError, UnusableOutput) as error:
            answer.problems.append(str(error))
        told.append(answer)
        if wish.show and answer.total.frames:
            _show(answer, tables)
        for problem in answer.problems:
            console.print(Text(problem))
    if wish.show and len(files) > 1:
        tables.print(Text(f"All together: {tell_total(add_up(told))}"))
    return told


def open_named(name: str) -> Clip:
    """Open a file; a number is a file's name here, never a webcam's. Raises `ClipError`."""
    return open_clip(Path(name) if not name.isdecimal() else Path(name).absolute())


def add_up(answers: list[FileAnswer]) -> Total:
    """Total all files."""
    total = Total()
    for answer in answers:
        total.join(answer.total)
    return total


def write_json(answers: list[FileAnswer], network_version: str) -> str:
    """Return all of it as JSON, a line for each frame."""
    files = ",\n".join(
        '{{"file": {}, "kind": {}, "frames": [{}],\n"problems": {}, "total": {}}}'.format(
            json.dumps(answer.file, ensure_ascii=False),
            json.dumps(answer.kind),
            ",\n".join(answer.frames),
            json.dumps(answer.problems, ensure_ascii=False),
            json.dumps(answer.total.describe()),
        )
        for answer in answers
    )
    version, total = json.dumps(network_version), json.dumps(add_up(answers).describe())
    return f'{{"network_version": {version}, "files": [\n{files}],\n"total": {total}}}\n'


def _show(answer: FileAnswer, tables: Console) -> None:
    if answer.kind == Kind.PICTURE:
        tables.print(tabulate_faces(Path(answer.file).name, answer.faces))
    elif answer.rows:
        unit = "second" if answer.kind == Kind.VIDEO else "picture"
        tables.print(tabulate_frames(answer.file, unit, answer.rows))
    unit = "frame" if answer.kind == Kind.VIDEO else "picture"
    tables.print(Text(tell_total(answer.total, unit)), "")


@dataclass(frozen=True)
class _Run:
    console: Console
    wish: Wish
    target: Path | None


def _read_into(answer: FileAnswer, clip: Clip, reader: PictureReader, run: _Run) -> None:
    wish, target, video = run.wish, run.target, clip.kind is Kind.VIDEO
    copying = annotating(clip, Path(answer.file), target) if target else nullcontext()
    read = follow_clip if target and video else read_clip
    walk: Generator[tuple[ClipFrame, FrameReading | None]]
    walk = read(clip, reader, every=wish.every, workers=wish.workers)
    observe = wish.observe(clip)
    with copying as copy, closing(walk), _show_progress(run.console) as progress:
        task = progress.add_task(clip.name, total=clip.seconds if video else clip.frame_count)
        for frame, reading in walk:
            if reading is not None:
                answer.add(frame, reading, wish)
                observe(frame, reading)
            if copy is not None:
                copy.add(frame, reading)
            progress.update(task, completed=frame.at_seconds if video else frame.index + 1)
    answer.problems += clip.problems
    _tell_copy(copy, target, run.console)


def _tell_copy(copy: Annotator | None, target: Path | None, console: Console) -> None:
    if copy is not None:
        for note in copy.notes:
            console.print(Text(note))
        console.print(Text(f"Annotated: {target}"))


def _show_progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
