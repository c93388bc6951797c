"""The command `roomtone bench`: how fast Roomtone is on this machine."""

from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench import wording
from bench.extent import QUICK, THOROUGH, USUAL, Extent
from bench.figures import Run
from bench.frames import FrameSet, NoFrames, load_own, make_frames
from bench.generating import GeneratorLost
from bench.measurement import measure
from bench.page import write_page
from bench.service import NothingAccepted
from bench.serving import ServerNotStarted, check_port, stop_on_sigterm
from bench.summary import summarize
from model.card import UnusableNetwork
from model.evaluation.files import CannotWrite, check_writable, write_whole
from model.finders import FinderMissing
from server.running import PortTaken

INTERRUPTED, PLAIN_WIDTH, FIRST_WIDTH = 130, 120, 22
MISTAKES = (
    *(CannotWrite, NoFrames, PortTaken, ServerNotStarted, GeneratorLost, NothingAccepted),
    *(FinderMissing, UnusableNetwork),
)


def bench(
    *,
    frames: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Measure with the pictures of this folder; else with made ones.",
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A few seconds for all: shows that it works.")
    ] = False,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="The long form, with 60 s of overload.")
    ] = False,
    json: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write all figures here.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--page", metavar="FILE", help="Write a page of charts here.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, help="Port of the server that is measured; else a free one."
        ),
    ] = None,
) -> None:
    """Measure how fast Roomtone is on this machine, in under three minutes.

    Frames on one thread, stage by stage, beside the bare networks; cost over
    faces; a server process of its own under 10 to 400 % of what it takes, with
    the load generator beside it on the same cores. Nothing of your sessions is
    touched: database and server are made for this and taken away again.

    For example:

      roomtone bench

      roomtone bench --frames pictures --json bench.json --page bench.html

    Exit code: 0, 1 when it could not be measured, 130 after Ctrl-C.
    """
    told = Console(stderr=True, highlight=False, soft_wrap=True)
    stop_on_sigterm()
    try:
        check_writable(json, page)
        if port is not None:
            check_port(port)
        pictures = load_own(frames) if frames else make_frames()
        extent = choose_extent(quick=quick, thorough=thorough)
        run = measure_and_write(pictures, extent, told, json=json, page=page, port=port)
    except MISTAKES as error:
        told.print(Text(str(error)))
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        told.print("Stopped; nothing is left running.")
        raise typer.Exit(INTERRUPTED) from None
    output = Console(highlight=False)
    print_run(run, output if output.is_terminal else Console(highlight=False, width=PLAIN_WIDTH))


def choose_extent(*, quick: bool, thorough: bool) -> Extent:
    """Return how long to measure. Raises `typer.BadParameter` for both at once."""
    if quick and thorough:
        raise typer.BadParameter("--quick and --thorough exclude each other.")
    return QUICK if quick else THOROUGH if thorough else USUAL


def measure_and_write(
    frames: FrameSet,
    extent: Extent,
    console: Console,
    *,
    json: Path | None,
    page: Path | None,
    port: int | None = None,
) -> Run:
    """Measure, and write what was asked for; progress goes to `console`."""
    option = {"usual": ""}.get(extent.name, f" --{extent.name}")
    run = measure(frames, extent, console, command=f"roomtone bench{option}", port=port)
    write_files(run, console, json=json, page=page)
    return run


def write_files(run: Run, console: Console, *, json: Path | None, page: Path | None) -> None:
    """Write the JSON and the page where they are wanted. Raises `CannotWrite`."""
    if json is not None:
        write_whole(json, run.model_dump_json(indent=1) + "\n")
        console.print(Text(f"Wrote {json}."))
    if page is not None:
        write_whole(page, write_page(run))
        console.print(Text(f"Wrote {page}."))


def print_run(run: Run, console: Console) -> None:
    """Print all tables."""
    console.print(Text(wording.headline(run)))
    tables = [wording.stage_table(run), wording.faces_table(run), wording.load_table(run)]
    for table in [*tables, *(group.table for group in summarize(run))]:
        _print_table(table, console)


def _print_table(told: wording.Table, console: Console) -> None:
    table = Table(
        title=told.title, title_justify="left", title_style="bold", box=SIMPLE, padding=(0, 1, 0, 0)
    )
    for number, name in enumerate(told.columns):
        first = number == 0
        table.add_column(
            name,
            justify="left" if first else "right",
            overflow="fold",
            min_width=FIRST_WIDTH if first else None,
        )
    for row in told.rows:
        table.add_row(*row)
    console.print(table)
