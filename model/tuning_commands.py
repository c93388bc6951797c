"""The command `roomtone tune`: its options, without torch and optuna, imported when it runs."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from model.training.config import TrainingConfig, WrongTrainingSetting
from model.training.device_name import DeviceName
from model.training_commands import require_torch

DEFAULTS = TrainingConfig()


class Pruner(StrEnum):
    """When a trial that lags behind is ended."""

    MEDIAN = "median"
    HYPERBAND = "hyperband"
    NONE = "none"


def tune(
    *,
    data: Annotated[
        Path, typer.Option(metavar="PATH", help="Labelled faces, as for “roomtone train”.")
    ],
    votes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="FER+'s fer2013new.csv.")
    ] = None,
    network: Annotated[
        str, typer.Option(metavar="NAME", help="“roomtone networks” lists them.")
    ] = DEFAULTS.network,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out unreadable pictures.")
    ] = False,
    study: Annotated[
        Path,
        typer.Option(metavar="FILE", help="SQLite file of the study; goes on with what is in it."),
    ] = Path("runs/tune.db"),
    trials: Annotated[
        int, typer.Option(min=1, help="Trials the study is to have, earlier ones included.")
    ] = 20,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs of each trial.")] = 8,
    pruner: Annotated[
        Pruner, typer.Option(help="When a trial that lags behind is ended.")
    ] = Pruner.MEDIAN,
    average_decay: Annotated[
        float, typer.Option(help="Of the weights' running mean, a step; lower for short trials.")
    ] = DEFAULTS.average_decay,
    limit: Annotated[
        int | None, typer.Option(help="Only the first so many faces.")
    ] = DEFAULTS.limit,
    seed: Annotated[int, typer.Option(help="Another seed is another search.")] = DEFAULTS.seed,
    device: Annotated[DeviceName, typer.Option(help="A GPU if there is one, or which.")] = (
        DeviceName.AUTO
    ),
    threads: Annotated[
        int | None, typer.Option(min=1, help="Of the CPU.", show_default="torch's own")
    ] = None,
) -> None:
    """Search for the best training settings; give the same command again to go on.

    Every trial trains the network for a few epochs with other settings:
    optimizer, learning rate, weight decay, label smoothing, batch, and the
    crowd's share of the loss. Trials that lag behind are ended early. At the
    end it prints the best settings as a “roomtone train” command; FILE.html,
    beside the study, has the plots.

    For example:

      roomtone tune --data fer2013.zip --trials 30

      roomtone tune --data fer2013.zip --network tiny --study runs/tiny.db

    Needs the training extra. Exit code: 0; 1 when something is wrong, in a
    sentence; 130 after Ctrl-C, which keeps every whole trial.
    """
    require_torch("tune")
    base = TrainingConfig(
        network=network,
        data=str(data),
        votes="" if votes is None else str(votes),
        epochs=epochs,
        # A trial of one epoch has to reach its learning rate as well.
        warm_up_epochs=min(DEFAULTS.warm_up_epochs, epochs / 4),
        average_decay=average_decay,
        seed=seed,
        limit=limit,
        skip_bad=skip_bad,
    )
    try:
        base.check()
        from model.training.commands.tune import run_tuning  # noqa: PLC0415 - torch and optuna
    except WrongTrainingSetting as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from None
    except ModuleNotFoundError as error:
        if error.name != "optuna":
            raise
        sys.stderr.write(
            "“roomtone tune” needs optuna, which is not installed. In a clone: "
            "python -m pip install -e '.[training]'\n"
        )
        raise typer.Exit(1) from None
    raise typer.Exit(
        run_tuning(base, study, trials, pruner=pruner.value, device=device.value, threads=threads)
    )
