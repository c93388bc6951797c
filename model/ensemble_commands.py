"""The command `roomtone ensemble`: its options, without torch, which is imported when it runs."""

from pathlib import Path
from typing import Annotated

import typer

from model.training.config import TrainingConfig
from model.training_commands import require_torch

DEFAULTS = TrainingConfig()


def ensemble(
    members: Annotated[
        list[Path],
        typer.Argument(metavar="MEMBER...", help="Checkpoints (.pt) and ONNX files, two or more."),
    ],
    *,
    data: Annotated[
        Path,
        typer.Option(metavar="PATH", help="Labelled faces to weigh by, as for “roomtone train”."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The ONNX file to write.")
    ] = Path("ensemble.onnx"),
    version: Annotated[str, typer.Option(help="For the card.")] = "1.0",
    votes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="FER+'s fer2013new.csv.")
    ] = None,
    valid_share: Annotated[
        float,
        typer.Option(min=0.01, max=0.99, help="Taken for validation if nothing is set apart."),
    ] = DEFAULTS.valid_share,
    seed: Annotated[
        int, typer.Option(help="Draws that share; give the one the members were trained with.")
    ] = DEFAULTS.seed,
    recall_floor: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            min=0.01,
            max=0.99,
            help="Lift every emotion's recall on valid to this, as in export.",
        ),
    ] = None,
) -> None:
    """Make several networks one: the weighted mean of what they tell, as one ONNX file.

    Members may differ in architecture, size of their crops and normalisation;
    one with a single head counts for that head only. Weights are fitted on
    the validation faces, and the mean is calibrated again. The accuracy of
    every member, of the plain mean and of the weighted one is printed. The
    file is a network like any other: evaluate it, serve it, teach with it.

    For example:

      roomtone ensemble runs/a/best.pt runs/b/best.pt --data fer2013.zip

      roomtone ensemble one.onnx runs/b/best.pt --data fer2013.zip -o both.onnx

    Needs the training extra. Exit code: 0, or 1 when something is wrong, in a
    sentence; then no file is written.
    """
    require_torch("ensemble")
    from model.training.commands.ensemble import run_ensemble  # noqa: PLC0415 - torch

    raise typer.Exit(
        run_ensemble(
            members,
            data,
            output,
            version=version,
            votes=votes,
            valid_share=valid_share,
            seed=seed,
            recall_floor=recall_floor,
        )
    )
