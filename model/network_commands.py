"""The command `roomtone networks`: which networks can be trained. Imports torch only when run."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table


def networks(
    *,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the table of docs/networks.md.")
    ] = False,
) -> None:
    """List the networks that can be trained by name, with their size.

    Parameters are trained weights; multiply-adds are those of convolutions and
    dense layers for one face; points are the facial points that a network
    wants beside the crop.

    Needs the training extra. Exit code: 0, or 1 without it.
    """
    try:
        from model.training.networks.table import (  # noqa: PLC0415 - needs torch
            COLUMNS,
            list_networks,
            write_markdown,
        )

        rows = list_networks()
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in {"torch", "pytorchcv"}:
            raise
        sys.stderr.write(
            f"The networks need {error.name}, which is not installed. In a clone: "
            "python -m pip install -e '.[training]'\n"
        )
        raise typer.Exit(1) from None
    if markdown:
        sys.stdout.write(write_markdown(rows))
        return
    table = Table(box=None, pad_edge=False)
    for column in COLUMNS:
        sized = column in {"parameters", "multiply-adds"}
        table.add_column(column, justify="right" if sized else "left", no_wrap=sized)
    for row in rows:
        table.add_row(*row.cells())
    Console(highlight=False, width=None if sys.stdout.isatty() else 140).print(table)
