"""The command `roomtone distill`: all options of `roomtone train`, and the teachers'. No torch."""

import inspect
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from model.training.config import TrainingConfig
from model.training_commands import check_config, read_config, require_torch, train

DEFAULTS = TrainingConfig()

TEACHING = "What the teachers tell"


def distill(
    teachers: Annotated[
        list[Path],
        typer.Argument(metavar="TEACHER...", help="Checkpoints (.pt), ONNX files, ensembles."),
    ],
    *,
    teacher_share: Annotated[
        float,
        typer.Option(help="The teachers' part of what is learnt.", rich_help_panel=TEACHING),
    ] = DEFAULTS.teacher_share,
    teacher_views: Annotated[
        int,
        typer.Option(help="Views of a face that each is asked about.", rich_help_panel=TEACHING),
    ] = DEFAULTS.teacher_views,
    **options: Any,  # noqa: ANN401 - those of `roomtone train`, see below
) -> None:
    """Train a network on what larger ones tell: it learns their doubts as well.

    Every teacher is asked about several random views of each training face,
    mirrored ones among them; the mean of what they tell is learnt beside the
    labels. That takes a while, once: it is kept in the run's folder, and only
    asked again for other teachers, views or faces. Everything else is as in
    “roomtone train”, going on after a break as well.

    For example:

      roomtone distill runs/large/best.pt --data fer2013.zip --run runs/student

      roomtone distill ensemble.onnx --data fer2013.zip --teacher-share 0.8

    Needs the training extra. Exit code: 0; 1 when something is wrong, in a
    sentence; 130 after Ctrl-C, which keeps every whole epoch.
    """
    require_torch("distill")
    config = read_config(
        {**options, "teacher_share": teacher_share, "teacher_views": teacher_views}
    )
    check_config(config)
    from model.training.commands.distill import run_distillation  # noqa: PLC0415 - torch

    settings = {item.name for item in fields(TrainingConfig)}
    running = {name: value for name, value in options.items() if name not in settings}
    folder = running.pop("run") or Path("runs") / config.network
    running["mlflow"] = running["mlflow"] or running["mlflow_uri"] is not None
    raise typer.Exit(run_distillation(teachers, config, folder, **running))


def _add_options(command: Callable[..., None], source: Callable[..., None]) -> None:
    """Give a command that takes `**options` the keyword options of another, in its order."""
    ours, theirs = inspect.signature(command), inspect.signature(source)
    own = [p for p in ours.parameters.values() if p.kind is not p.VAR_KEYWORD]
    taken = {parameter.name for parameter in own}
    added = [p for name, p in theirs.parameters.items() if name not in taken]
    first = [p for p in own if p.kind is p.POSITIONAL_OR_KEYWORD]
    others = [p for p in own if p.kind is p.KEYWORD_ONLY]
    command.__signature__ = ours.replace(parameters=[*first, *added, *others])  # type: ignore[attr-defined]  # what `inspect.signature` reads
    command.__annotations__.update({parameter.name: parameter.annotation for parameter in added})


_add_options(distill, train)
