"""The command `roomtone train`: its options, without torch, which is imported when it runs."""

import sys
from dataclasses import fields
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer

from model.mistakes import Mistake
from model.training.config import (
    EmotionWeights,
    Optimizer,
    Sampling,
    Schedule,
    TrainingConfig,
    WrongTrainingSetting,
)
from model.training.device_name import DeviceName

DEFAULTS = TrainingConfig()
"""What the options say as well, so that neither can say something else."""

RATES = {Optimizer.SGD: DEFAULTS.learning_rate, Optimizer.ADAM: 1e-3, Optimizer.ADAMW: 1e-3}
"""Highest learning rates that are safe to begin with (Adam's: Kingma & Ba 2015)."""

WHAT = "What is trained"
HOW = "How it is trained"
LABELS = "What is learnt from which face"
WHERE = "Where it computes and what it tells"


class TorchMissing(Mistake):
    """A command that trains was called without the training extra."""

    def __init__(self, command: str) -> None:
        super().__init__(
            f"“roomtone {command}” needs torch, which is not installed. Install the training "
            "extra, in a clone of Roomtone: python -m pip install -e '.[training]'"
        )


def require_torch(command: str) -> None:
    """Raise `TorchMissing` when torch can't be imported."""
    if find_spec("torch") is None:
        raise TorchMissing(command)


def read_config(options: dict[str, Any]) -> TrainingConfig:
    """Turn options as they were given into a config; what is no setting is left out."""
    given = {
        item.name: _as_setting(options[item.name])
        for item in fields(TrainingConfig)
        if item.name in options
    }
    if given["learning_rate"] is None:
        given["learning_rate"] = RATES[Optimizer(given["optimizer"])]
    paths = {name: given[name] or "" for name in ("votes", "start_from", "landmark_network")}
    return TrainingConfig(**(given | paths))


def check_config(config: TrainingConfig) -> None:
    """End the command with a sentence when a setting makes no sense."""
    try:
        config.check()
    except WrongTrainingSetting as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from None


def _as_setting(value: Any) -> Any:  # noqa: ANN401 - an option of any type
    if isinstance(value, StrEnum):
        return value.value
    return str(value) if isinstance(value, Path) else value


def train(
    *,
    data: Annotated[
        Path,
        typer.Option(
            metavar="PATH",
            help="Labelled faces: fer2013.csv, a folder per emotion, or a zip with labels.csv.",
            rich_help_panel=WHAT,
        ),
    ],
    votes: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="FER+'s fer2013new.csv, beside fer2013.csv.", rich_help_panel=WHAT
        ),
    ] = None,
    network: Annotated[
        str,
        typer.Option(metavar="NAME", help="“roomtone networks” lists them.", rich_help_panel=WHAT),
    ] = DEFAULTS.network,
    landmark_network: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="ONNX file for 468 facial points.", rich_help_panel=WHAT),
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder of the run; goes on with what is in it.",
            show_default="runs/NAME",
            rich_help_panel=WHAT,
        ),
    ] = None,
    valid_share: Annotated[
        float,
        typer.Option(help="Kept for validation if nothing is set apart.", rich_help_panel=WHAT),
    ] = DEFAULTS.valid_share,
    skip_bad: Annotated[
        bool,
        typer.Option("--skip-bad", help="Leave out unreadable pictures.", rich_help_panel=WHAT),
    ] = False,
    limit: Annotated[
        int | None, typer.Option(help="Only the first so many faces.", rich_help_panel=WHAT)
    ] = DEFAULTS.limit,
    epochs: Annotated[
        int, typer.Option(help="Passes over the faces.", rich_help_panel=HOW)
    ] = DEFAULTS.epochs,
    batch: Annotated[int, typer.Option(help="Faces a step.", rich_help_panel=HOW)] = DEFAULTS.batch,
    optimizer: Annotated[
        Optimizer, typer.Option(help="SGD is Nesterov's.", rich_help_panel=HOW)
    ] = Optimizer.SGD,
    learning_rate: Annotated[
        float | None,
        typer.Option(
            help="The highest.",
            show_default=f"{RATES[Optimizer.SGD]:g}; Adam {RATES[Optimizer.ADAM]:g}",
            rich_help_panel=HOW,
        ),
    ] = None,
    schedule: Annotated[
        Schedule, typer.Option(help="How the rate falls.", rich_help_panel=HOW)
    ] = Schedule.COSINE,
    warm_up_epochs: Annotated[
        float, typer.Option(help="Epochs in which the rate rises.", rich_help_panel=HOW)
    ] = DEFAULTS.warm_up_epochs,
    plateau_patience: Annotated[
        int, typer.Option(help="Plateau: epochs without progress.", rich_help_panel=HOW)
    ] = DEFAULTS.plateau_patience,
    plateau_factor: Annotated[
        float, typer.Option(help="Plateau: what the rate is multiplied by.", rich_help_panel=HOW)
    ] = DEFAULTS.plateau_factor,
    patience: Annotated[
        int | None,
        typer.Option(help="Stop after so many epochs without progress.", rich_help_panel=HOW),
    ] = DEFAULTS.patience,
    weight_decay: Annotated[
        float, typer.Option(help="For kernels and matrices only.", rich_help_panel=HOW)
    ] = DEFAULTS.weight_decay,
    momentum: Annotated[
        float, typer.Option(help="Also Adam's first decay rate.", rich_help_panel=HOW)
    ] = DEFAULTS.momentum,
    gradient_clip: Annotated[
        float, typer.Option(help="Largest norm of a gradient; 0: any.", rich_help_panel=HOW)
    ] = DEFAULTS.gradient_clip,
    average_decay: Annotated[
        float, typer.Option(help="Of the weights' running mean, a step.", rich_help_panel=HOW)
    ] = DEFAULTS.average_decay,
    augmentation: Annotated[
        float,
        typer.Option(help="Strength of the random views; 0: flips only.", rich_help_panel=HOW),
    ] = DEFAULTS.augmentation,
    start_from: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Begin with this checkpoint's weights.", rich_help_panel=HOW
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(help="The same seed and threads give the same run.", rich_help_panel=HOW)
    ] = DEFAULTS.seed,
    crowd_share: Annotated[
        float, typer.Option(help="The crowd's part of the loss.", rich_help_panel=LABELS)
    ] = DEFAULTS.crowd_share,
    label_smoothing: Annotated[
        float, typer.Option(help="Of FER2013's label.", rich_help_panel=LABELS)
    ] = DEFAULTS.label_smoothing,
    emotion_weights: Annotated[
        EmotionWeights,
        typer.Option(help="How much more rare emotions count.", rich_help_panel=LABELS),
    ] = EmotionWeights.NONE,
    sampling: Annotated[
        Sampling, typer.Option(help="How often rare emotions are shown.", rich_help_panel=LABELS)
    ] = Sampling.NONE,
    device: Annotated[
        DeviceName, typer.Option(help="A GPU if there is one, or which.", rich_help_panel=WHERE)
    ] = DeviceName.AUTO,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Of the CPU.", show_default="torch's own", rich_help_panel=WHERE),
    ] = None,
    bfloat16: Annotated[
        bool, typer.Option(help="Mixed precision.", rich_help_panel=WHERE)
    ] = DEFAULTS.bfloat16,
    mlflow: Annotated[
        bool,
        typer.Option("--mlflow", help="Tell MLflow: mlflow.db beside DIR.", rich_help_panel=WHERE),
    ] = False,
    mlflow_uri: Annotated[
        str | None,
        typer.Option(metavar="URI", help="Tell this MLflow store.", rich_help_panel=WHERE),
    ] = None,
) -> None:
    """Train an emotion network; give the same command again to go on after a break.

    The run's folder gets last.pt and best.pt, which export_onnx.py turns into
    a network for the product, and metrics.jsonl, a line per epoch.

    For example:

      roomtone train --data fer2013.zip

      roomtone train --data fer2013.csv --votes fer2013new.csv --network resnet

      roomtone train --data photos/ --patience 8 --optimizer adamw

    Needs the training extra. Exit code: 0; 1 when something is wrong, in a
    sentence; 130 after Ctrl-C, which keeps every whole epoch.
    """
    config = read_config(locals())
    require_torch("train")
    check_config(config)
    from model.training.commands.train import run_training  # noqa: PLC0415 - torch

    folder = run or Path("runs") / network
    raise typer.Exit(
        run_training(
            config,
            folder,
            device=device,
            threads=threads,
            mlflow=mlflow or mlflow_uri is not None,
            mlflow_uri=mlflow_uri,
        )
    )
