"""A study: trainings with other settings each, remembered in an SQLite file so that it goes on.

Imports optuna; no torch. What one trial trains is handed in.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import optuna
from optuna.pruners import BasePruner, HyperbandPruner, MedianPruner, NopPruner
from optuna.trial import FrozenTrial, Trial, TrialState

from model.training.config import Optimizer, TrainingConfig, spell_option
from model.training.folder_lock import AlreadyLocked, hold
from model.training.sqlite_file import NotSqlite, check_sqlite

STUDY = "roomtone"
USUAL = {Optimizer.SGD: (0.1, 5e-4), Optimizer.ADAMW: (1e-3, 5e-2)}
"""Learning rate and weight decay to search around. Their product, what AdamW takes off a weight in
a step, is the same for both, so one search of factors serves either."""
TOLD = (TrialState.COMPLETE, TrialState.PRUNED)
"""A trial in these states has told something; only these count towards `--trials`."""


class UnusableStudy(ValueError):
    """A study file that is none, is of something else, or is being worked on."""


@dataclass(frozen=True)
class Subject:
    """What a study is about: trials of two subjects can't be compared.

    `faces` is a fingerprint of the faces themselves, so that a file may be moved.
    """

    network: str
    faces: str
    epochs: int
    average_decay: float
    limit: int | None
    seed: int

    def differences(self, other: Mapping[str, Any]) -> list[str]:
        """Name what a stored subject has otherwise."""
        words = {"faces": "the faces of --data", "network": "--network"}
        return [
            f"{words.get(name, spell_option(name))} (there {_shorten(other.get(name))}, "
            f"here {_shorten(value)})"
            for name, value in vars(self).items()
            if other.get(name) != value
        ]


class TrialTracker:
    """A tracker that tells a trial its score after every epoch and ends one that lags behind.

    `score` reads the score from an epoch's metrics. Raises `optuna.TrialPruned`.
    """

    def __init__(self, trial: Trial, score: Callable[[dict[str, Any]], float]) -> None:
        self._trial, self._score = trial, score

    def start(self, config: Mapping[str, Any]) -> None:
        """Nothing: the trial chose the settings."""

    def epoch(self, metrics: Mapping[str, Any]) -> None:
        """Report the epoch's score."""
        self._trial.report(self._score(dict(metrics)), int(metrics["epoch"]))
        if self._trial.should_prune():
            raise optuna.TrialPruned

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Nothing: the study hears the score as the training's answer."""


def suggest_config(trial: Trial, base: TrainingConfig, *, votes: bool) -> TrainingConfig:
    """Draw a trial's settings; the crowd's share only where faces have votes."""
    optimizer = Optimizer(trial.suggest_categorical("optimizer", list(map(str, USUAL))))
    rate, decay = USUAL[optimizer]
    share = trial.suggest_float("crowd_share", 0.2, 0.8) if votes else base.crowd_share
    return replace(
        base,
        optimizer=optimizer.value,
        learning_rate=_round(rate * trial.suggest_float("rate_factor", 0.1, 4, log=True)),
        weight_decay=_round(decay * trial.suggest_float("decay_factor", 0.1, 10, log=True)),
        label_smoothing=_round(trial.suggest_float("label_smoothing", 0, 0.2)),
        batch=int(trial.suggest_categorical("batch", [64, 128, 256])),
        crowd_share=_round(share),
    )


def open_study(path: Path, subject: Subject, pruner: str, seed: int) -> optuna.Study:
    """Open or make the study in `path`. Trials that a crash cut off are marked failed.

    Raises `UnusableStudy` for a file that is no study or a study of something else.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        check_sqlite(path)
        storage = optuna.storages.RDBStorage(f"sqlite:///{path.absolute()}")
        study = optuna.create_study(
            study_name=STUDY,
            storage=storage,
            direction="maximize",
            load_if_exists=True,
            pruner=_build_pruner(pruner, subject.epochs),
        )
    except NotSqlite as error:
        raise UnusableStudy(f"--study: {error}") from error
    except Exception as error:  # SQLAlchemy's and optuna's: an own table layout, a read-only file
        raise UnusableStudy(
            f"--study: {path} cannot be used as a study ({str(error).splitlines()[0]}). "
            "Name another file; it is made anew."
        ) from error
    _check_subject(study, subject, path)
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)
    # Another sequence after a break: the same seed would draw the first trials again.
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.get_trials(deepcopy=False)))
    return study


@contextmanager
def lock_study(path: Path) -> Iterator[None]:
    """Keep a study for one process, until it ends in whatever way. Raises `UnusableStudy`."""
    with ExitStack() as held:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(hold(path.with_name(path.name + ".lock")))
        except OSError as error:
            raise UnusableStudy(f"--study: {path} cannot be made ({error.strerror}).") from error
        except AlreadyLocked as error:
            raise UnusableStudy(
                f"Another roomtone tune is working on {path}. Wait for it, or name another --study."
            ) from error
        yield


def told_trials(study: optuna.Study) -> list[FrozenTrial]:
    """Return the trials that count: finished or pruned."""
    return study.get_trials(deepcopy=False, states=TOLD)


def best_trial(study: optuna.Study) -> FrozenTrial | None:
    """Return the best finished trial, or None before there is one."""
    done = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return max(done, key=lambda trial: trial.value or 0.0) if done else None


def _build_pruner(name: str, epochs: int) -> BasePruner:
    """Median (Golovin et al. 2017), hyperband (Li et al. 2018) or none."""
    if name == "median":
        return MedianPruner(n_startup_trials=4, n_warmup_steps=max(1, epochs // 4))
    return HyperbandPruner(max_resource=epochs) if name == "hyperband" else NopPruner()


def _check_subject(study: optuna.Study, subject: Subject, path: Path) -> None:
    stored = study.user_attrs.get("subject")
    if stored is None:
        study.set_user_attr("subject", vars(subject))
    elif differences := subject.differences(stored):
        raise UnusableStudy(
            f"{path} is a study of something else: {'; '.join(differences)}. Give the same "
            "settings to go on with it, or name another --study."
        )


def _shorten(value: object) -> str:
    return "none" if value is None else str(value)[:12]


def _round(value: float) -> float:
    return float(f"{value:.4g}")
