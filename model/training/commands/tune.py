"""What `roomtone tune` does: reads the faces, trains trial after trial, tells the best settings."""

import hashlib
import shlex
import shutil
from pathlib import Path
from typing import Any

import optuna
import torch
from rich.console import Console
from rich.text import Text

from model.training.checkpoint import CheckpointNotSaved
from model.training.config import TrainingConfig, spell_option
from model.training.datasets import DataSplits, FaceDataset, UnreadableDataset, read_config_faces
from model.training.device import NoSuchDevice, choose_device
from model.training.loss_fault import LossNotFinite
from model.training.networks import UnknownNetwork, build_network
from model.training.scores import mean_accuracy
from model.training.train import TrainingRun
from model.training.tuning import (
    Subject,
    TrialTracker,
    UnusableStudy,
    best_trial,
    lock_study,
    open_study,
    suggest_config,
    told_trials,
)
from model.training.tuning_page import draw_study

INTERRUPTED = 130
MISTAKES = (
    CheckpointNotSaved, NoSuchDevice, UnknownNetwork, UnreadableDataset, UnusableStudy
)  # fmt: skip
SEARCHED = (
    "optimizer", "learning_rate", "weight_decay", "label_smoothing", "batch", "crowd_share"
)  # fmt: skip
MOST_FAILURES = 5
"""So many trials in a row without a finite loss, and the search has no sense."""


def run_tuning(
    base: TrainingConfig, study: Path, trials: int, *, pruner: str, device: str, threads: int | None
) -> int:
    """Bring the study to `trials` told trials; return the exit code."""
    console, complaints = Console(highlight=False), Console(stderr=True, highlight=False)
    if threads is not None:
        torch.set_num_threads(threads)
    try:
        with lock_study(study):
            Tuning(base, study, pruner, device, console).run(trials)
    except MISTAKES as error:
        _say(complaints, str(error))
        return 1
    except KeyboardInterrupt:
        _say(complaints, f"Stopped. {study} holds every whole trial; give the command again.")
        return INTERRUPTED
    return 0


class Tuning:
    """A study, the faces its trials train on, and where what it tells goes."""

    def __init__(
        self, base: TrainingConfig, path: Path, pruner: str, device: str, console: Console
    ) -> None:
        self._base, self._path, self._console = base, path, console
        self._device = choose_device(device)
        build_network(base.network)
        self._splits = read_config_faces(base)
        self._votes = bool(self._splits.train.votes.any())
        subject = Subject(
            base.network,
            fingerprint(self._splits),
            base.epochs,
            base.average_decay,
            base.limit,
            base.seed,
        )
        self._study = open_study(path, subject, pruner, base.seed)

    def run(self, trials: int) -> None:
        """Train until `trials` trials have told something; then tell the best."""
        done = len(told_trials(self._study))
        if cut_off := len(self._study.get_trials(deepcopy=False)) - done:
            self._say(f"{cut_off} of the study's trials were cut off and do not count.")
        self._say(f"{done} of {trials} trials are done ({self._path}).")
        failures = 0
        while len(told_trials(self._study)) < trials:
            failures = 0 if self._run_trial(trials) else failures + 1
            self._write_page()
            if failures >= MOST_FAILURES:
                raise UnusableStudy(
                    f"{failures} trials in a row ended in a loss that is not finite; the faces "
                    "or the network are at fault, not the settings."
                )
        self._write_page()
        self._tell_best()

    def _run_trial(self, trials: int) -> bool:
        trial = self._study.ask()
        config = suggest_config(trial, self._base, votes=self._votes)
        trial.set_user_attr("settings", {name: getattr(config, name) for name in SEARCHED})
        number = len(told_trials(self._study)) + 1
        self._say(f"Trial {number}/{trials} (number {trial.number}): {' '.join(_spell(config))}")
        try:
            score = self._train(config, trial)
        except optuna.TrialPruned:
            self._study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            self._say(f"Trial {number} ended early: behind the others at the same epoch.")
        except LossNotFinite as error:
            trial.set_user_attr("failure", str(error))
            self._study.tell(trial, state=optuna.trial.TrialState.FAIL)
            self._say(f"Trial {number} failed, another is drawn: {str(error).split('. ')[0]}.")
            return False
        except BaseException:
            self._study.tell(trial, state=optuna.trial.TrialState.FAIL)
            raise
        else:
            self._study.tell(trial, score)
            best = best_trial(self._study)
            told = f"; best so far {100 * (best.value or 0):.2f} %" if best else ""
            self._say(f"Trial {number}: {100 * score:.2f} %{told}.")
        return True

    def _train(self, config: TrainingConfig, trial: optuna.Trial) -> float:
        """Train one trial in a folder of its own, which nobody needs afterwards."""
        folder = self._path.with_name(self._path.name + ".trial")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            run = TrainingRun(
                config,
                folder,
                self._splits.train,
                self._splits.valid,
                trackers=[TrialTracker(trial, mean_accuracy)],
                device=self._device,
            )
            return run.run(self._console)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _command(self) -> str:
        best = best_trial(self._study)
        return spell_command(self._base, best.user_attrs["settings"]) if best else ""

    def _write_page(self) -> None:
        page = self._path.with_suffix(".html")
        partial = page.with_name(page.name + ".partial")
        try:
            partial.write_text(draw_study(self._study, self._command()), "utf-8")
            partial.replace(page)
        except OSError as error:
            raise UnusableStudy(f"{page} could not be written ({error.strerror}).") from error

    def _tell_best(self) -> None:
        best = best_trial(self._study)
        if best is None or best.value is None:
            self._say("No trial was finished; raise --trials.")
            return
        self._say(f"Best: trial number {best.number}, {100 * best.value:.2f} % on valid.")
        self._say(f"Plots: {self._path.with_suffix('.html')}")
        self._say(f"Train with it, for as many --epochs as you like:\n  {self._command()}")

    def _say(self, sentence: str) -> None:
        _say(self._console, sentence)


def fingerprint(splits: DataSplits) -> str:
    """Return a short name of the faces themselves, the same wherever their file lies."""
    told = hashlib.sha256()
    for faces in (splits.train, splits.valid):
        for part in _parts(faces):
            told.update(part.contiguous().numpy().tobytes())
    return told.hexdigest()[:12]


def _parts(faces: FaceDataset) -> tuple[torch.Tensor, ...]:
    return faces.crops, faces.emotions, faces.votes


def spell_command(base: TrainingConfig, settings: dict[str, Any]) -> str:
    """Return the `roomtone train` command of a trial's settings, ready for a shell."""
    words = ["roomtone", "train", "--data", base.data]
    words += ["--votes", base.votes] if base.votes else []
    words += ["--skip-bad"] if base.skip_bad else []
    words += ["--network", base.network]
    if base.average_decay != TrainingConfig.average_decay:
        settings = {**settings, "average_decay": base.average_decay}
    for name, value in settings.items():
        words += [spell_option(name), str(value)]
    return shlex.join(words)


def _spell(config: TrainingConfig) -> list[str]:
    return [f"{name.replace('_', ' ')} {getattr(config, name)}" for name in SEARCHED]


def _say(console: Console, sentence: str) -> None:
    console.print(Text(sentence), soft_wrap=True)
