"""What `roomtone train` does: reads the faces, runs the training, says how it ended."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from rich.console import Console
from rich.text import Text
from torch import Tensor

from model.card import UnusableNetwork
from model.finders import FinderMissing
from model.training.checkpoint import CheckpointNotSaved, UnreadableCheckpoint, load_start
from model.training.config import TrainingConfig, WrongTrainingSetting
from model.training.curves import CurvesTracker
from model.training.datasets import DataSplits, UnreadableDataset, read_config_faces
from model.training.device import NoSuchDevice, choose_device
from model.training.exporting.graph import ParityFailed
from model.training.loss_fault import LossNotFinite
from model.training.mlflow_tracker import MlflowMissing, MlflowTracker, UnusableTracking
from model.training.networks import UnknownNetwork, build_network
from model.training.run_folder import RunFolder, RunFolderTaken
from model.training.tracker import Tracker
from model.training.train import TrainingRun

MakeTargets = Callable[[DataSplits], Tensor]
INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it: 128 and the signal's number."""

MISTAKES = (
    CheckpointNotSaved,
    FinderMissing,
    LossNotFinite,
    MlflowMissing,
    NoSuchDevice,
    ParityFailed,
    RunFolderTaken,
    UnknownNetwork,
    UnreadableCheckpoint,
    UnreadableDataset,
    UnusableNetwork,
    UnusableTracking,
    WrongTrainingSetting,
)
"""What a user or a machine can cause; each says in a sentence what to do."""


def run_training(
    config: TrainingConfig,
    folder: Path,
    *,
    device: str = "auto",
    threads: int | None = None,
    mlflow: bool = False,
    mlflow_uri: str | None = None,
    make_targets: MakeTargets | None = None,
    console: Console | None = None,
) -> int:
    """Train or go on; return the exit code. Sentences about faults go to stderr.

    `make_targets` gives what is learnt `(n, 2, 7)` instead of the labels.
    """
    console = console or Console(highlight=False)
    complaints = Console(stderr=True, highlight=False)
    if threads is not None:
        torch.set_num_threads(threads)
    run: TrainingRun | None = None
    try:
        with RunFolder(folder).lock():
            run, again = _prepare(config, folder, device, console, make_targets)
            run.trackers = _open_trackers(folder, complaints, mlflow=mlflow, uri=mlflow_uri)
            if again:
                _say(console, f"Going on in {folder} after epoch {run.epoch}.")
            best = run.run(console)
    except MISTAKES as error:
        _say(complaints, str(error))
        return 1
    except KeyboardInterrupt:
        _say(complaints, _tell_interrupted(folder, config, run))
        return INTERRUPTED
    if run.is_stuck() and run.epoch < config.epochs:
        _say(console, f"Stopped early: nothing better since epoch {run.best_epoch}.")
    _say(
        console,
        f"Done. Best mean accuracy on valid: {100 * best:.2f} %, epoch {run.best_epoch}. "
        f"Checkpoints in {folder}.",
    )
    return 0


def _prepare(
    config: TrainingConfig,
    folder: Path,
    device: str,
    console: Console,
    make_targets: MakeTargets | None,
) -> tuple[TrainingRun, bool]:
    """Read everything before anything is computed; tell whether the run goes on."""
    chosen = choose_device(device)
    _check_known(config, folder)
    splits = read_config_faces(config)
    _describe(splits, console)
    targets = None if make_targets is None else make_targets(splits)
    run = TrainingRun(config, folder, splits.train, splits.valid, targets=targets, device=chosen)
    if config.bfloat16 and not run.mixed:
        _say(console, "This GPU has no bfloat16; it computes in float32.")
    return run, run.resume()


def _check_known(config: TrainingConfig, folder: Path) -> None:
    """Raise what can be known to be wrong before minutes go by with reading and asking teachers."""
    network = build_network(config.network, config.points)
    RunFolder(folder).load_last(config)
    if config.start_from:
        load_start(network, Path(config.start_from), config.network)


def _open_trackers(
    folder: Path, complaints: Console, *, mlflow: bool, uri: str | None
) -> list[Tracker]:
    """Draw curves always, tell MLflow if asked to; in this order: MLflow gets the curves."""
    say = partial(_say, complaints)
    trackers: list[Tracker] = [CurvesTracker(folder, say)]
    return [*trackers, MlflowTracker(folder, uri, say)] if mlflow else trackers


def _describe(splits: DataSplits, console: Console) -> None:
    for note in splits.notes:
        _say(console, note)
    _say(
        console,
        f"{len(splits.train)} faces to train on, {len(splits.valid)} to validate on.",
    )


def _tell_interrupted(folder: Path, config: TrainingConfig, run: TrainingRun | None) -> str:
    if run is None:
        return "Stopped before the training began; nothing was changed."
    if not run.epoch:
        return "Stopped before the first epoch was whole; nothing is saved."
    return (
        f"Stopped. {folder} holds everything up to epoch {run.epoch} of {config.epochs}; "
        "give the same command again to go on."
    )


def _say(console: Console, sentence: str) -> None:
    """Print words as they are: no markup, no folding of paths."""
    console.print(Text(sentence), soft_wrap=True)
