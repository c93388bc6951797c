"""One training run: epochs over a dataset, checkpoints that go on after a break.

May import torch and the rest of `model.training`; the command is `roomtone train`.
"""

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn

from model.emotions import LABEL_SETS
from model.training.augmentation import Augmentation
from model.training.averaging import update_average
from model.training.checkpoint import Checkpoint, load_start, load_weights
from model.training.config import TrainingConfig
from model.training.datasets import FaceDataset
from model.training.device import computes_bfloat16, random_state, restore_random
from model.training.landmarks import draw_views, give_points
from model.training.loss_fault import LossNotFinite, Moment
from model.training.networks import build_network
from model.training.objective import find_crowd_share, head_losses, join_losses, weigh_emotions
from model.training.optimizer import build_optimizer
from model.training.run_folder import RunFolder
from model.training.sampling import draw_order
from model.training.schedule import build_schedule
from model.training.scores import Scores, describe_epoch, likeliest, mean_accuracy
from model.training.tracker import Tracker

CPU = torch.device("cpu")


class TrainingRun:
    """One network, one dataset, one folder of checkpoints.

    `targets` are distributions `(n, 2, 7)` to learn instead of the dataset's own, as a teacher
    tells them. The whole dataset lies on `device`, where views are made as well.
    """

    def __init__(
        self,
        config: TrainingConfig,
        folder: Path,
        train: FaceDataset,
        valid: FaceDataset,
        *,
        targets: Tensor | None = None,
        trackers: Sequence[Tracker] = (),
        device: torch.device = CPU,
    ) -> None:
        torch.manual_seed(config.seed)
        self.config, self.folder, self.trackers = config, RunFolder(folder), trackers
        self.device, self.train_set, self.valid_set = device, train.to(device), valid.to(device)
        pixels = train.crops.float() / 255
        self.mean, self.std = float(pixels.mean()), float(pixels.std())
        targets = train.targets(config.label_smoothing) if targets is None else targets
        self.targets = targets.to(device)
        self.crowd_share = find_crowd_share(targets, config.crowd_share)
        self.weights = weigh_emotions(targets, config.emotion_weights).to(device)
        self.augmentation = Augmentation().scaled(config.augmentation)
        self.network = build_network(config.network, config.points)
        self.network = self.network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub lacks it
        self.train_set, self.valid_set = (
            give_points(
                self.network, faces, folder / f"points_{split}.npz", config.landmark_network
            )
            for split, faces in (("train", self.train_set), ("valid", self.valid_set))
        )
        if config.start_from:
            load_start(self.network, Path(config.start_from), config.network)
        self.average = copy.deepcopy(self.network)
        self.optimizer = build_optimizer(self.network, config)
        self.schedule = build_schedule(config)
        self.mixed = config.bfloat16 and computes_bfloat16(device)
        self.epoch, self.best, self.best_epoch = 0, 0.0, 0

    def resume(self) -> bool:
        """Go on from `last.pt` if there is one.

        Raises `UnreadableCheckpoint` if it is another run's.
        """
        stored = self.folder.load_last(self.config)
        if stored is None:
            self.folder.forget_after(0)
            return False
        load_weights(self.network, stored.network, self.config.network)
        load_weights(self.average, stored.average, self.config.network)
        self.optimizer.load_state_dict(stored.optimizer)
        restore_random(stored.random, self.device)
        self.schedule.restore(stored.progress.get("schedule", {}))
        self.epoch = stored.epoch
        self.best, self.best_epoch = self.folder.find_best(stored)
        self.folder.forget_after(self.epoch)
        return True

    def run(self, console: Console, *, at_most: int | None = None) -> float:
        """Train the epochs that are left, or some of them; return the best accuracy on `valid`.

        Raises `LossNotFinite` and `CheckpointNotSaved`; the epochs before are kept.
        """
        state = "failed"
        for tracker in self.trackers:
            tracker.start(asdict(self.config))
        try:
            self._run_epochs(console, at_most)
            state = self._state()
        except KeyboardInterrupt:
            state = "interrupted"
            raise
        finally:
            summary = self._summary(state)
            for tracker in self.trackers:
                tracker.finish(summary)
        return self.best

    def is_stuck(self) -> bool:
        """Tell whether `patience` epochs brought nothing better."""
        patience = self.config.patience
        return patience is not None and self.epoch - self.best_epoch >= patience

    @torch.no_grad()
    def evaluate(self) -> dict[str, dict[str, Any]]:
        """Score the averaged network on `valid`, per label set."""
        self.average.eval()
        scores, everything_equal = Scores(self.device), torch.ones_like(self.weights)
        truth, targets = self.valid_set.truth(), self.valid_set.targets()
        for at in range(0, len(truth), 256):
            here = slice(at, at + 256)
            crops = self._standardise(_unit(self.valid_set.crops[here]))
            logits = self.average(crops, *self.valid_set.points_of(here))
            losses = head_losses(logits, targets[here], everything_equal)
            scores.add(logits, truth[here], losses)
        return scores.tell()

    def _run_epochs(self, console: Console, at_most: int | None) -> None:
        end = min(self.config.epochs, self.epoch + (at_most or self.config.epochs))
        with Progress(console=console) as progress:
            while self.epoch < end and not self.is_stuck():
                started = time.monotonic()
                task = progress.add_task(
                    f"epoch {self.epoch + 1}/{self.config.epochs}", total=len(self.train_set)
                )
                metrics = self._train_epoch(partial(progress.advance, task))
                metrics |= self.evaluate()
                for labels in LABEL_SETS:
                    self._require_finite(torch.tensor(metrics[labels]["loss"]), "loss on valid")
                metrics["seconds"] = time.monotonic() - started
                progress.remove_task(task)
                self._record(metrics)
                console.print(describe_epoch(metrics), soft_wrap=True)
                for tracker in self.trackers:
                    tracker.epoch(metrics)

    def _train_epoch(self, advance: Callable[[int], None]) -> dict[str, Any]:
        self.network.train()
        order = draw_order(self.train_set.emotions.cpu(), self.config.sampling)
        steps = len(order) // self.config.batch or 1
        total, scores = 0.0, Scores(self.device)
        for step in range(steps):
            chosen = order[step * self.config.batch : (step + 1) * self.config.batch]
            self._set_learning_rate(self.epoch + step / steps)
            total += self._train_batch(chosen.to(self.device), scores, step + 1)
            taken = self.epoch * steps + step + 1
            update_average(self.average, self.network, self.config.average_decay, taken)
            advance(len(chosen))
        return {
            "epoch": self.epoch + 1,
            "loss": total / steps,
            "learning_rate": self._learning_rate,
            "train": scores.tell(),
        }

    def _train_batch(self, chosen: Tensor, scores: Scores, step: int) -> float:
        faces, targets = self.train_set, self.targets
        crops, targets, points = draw_views(self.augmentation, faces, chosen, targets)
        crops = self._standardise(crops).to(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.mixed):
            logits = self.network(crops, *points).float()
        heads = head_losses(logits, targets, self.weights)
        loss = join_losses(heads, self.crowd_share)
        self._require_finite(loss, "loss", step)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        largest = self.config.gradient_clip or float("inf")
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), largest)
        self._require_finite(norm, "gradient", step)
        self.optimizer.step()
        scores.add(logits, likeliest(targets), heads)
        return float(loss.detach())

    def _require_finite(self, value: Tensor, name: str, step: int | None = None) -> None:
        if torch.isfinite(value):
            return
        kept = f"{self.folder.last} holds epoch {self.epoch}" if self.epoch else "none is saved yet"
        moment = Moment(self.epoch + 1, step, self._learning_rate, kept)
        raise LossNotFinite(name, float(value.detach()), moment)

    @property
    def _learning_rate(self) -> float:
        return float(self.optimizer.param_groups[0]["lr"])

    def _set_learning_rate(self, at: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.learning_rate * self.schedule.factor(at)

    def _standardise(self, crops: Tensor) -> Tensor:
        return (crops - self.mean) / self.std

    def _record(self, metrics: dict[str, Any]) -> None:
        """Save an epoch; only what is saved counts as done."""
        accuracy, epoch = mean_accuracy(metrics), self.epoch + 1
        is_best = accuracy > self.best or not self.best_epoch
        if is_best:
            self.best, self.best_epoch = accuracy, epoch
        self.schedule.note(accuracy)
        checkpoint = Checkpoint(
            self.config, epoch, self.mean, self.std, accuracy,
            self.network.state_dict(), self.average.state_dict(), self.optimizer.state_dict(),
            random_state(self.device),
            {"best_accuracy": self.best, "best_epoch": self.best_epoch,
             "schedule": self.schedule.state()},
        )  # fmt: skip
        self.folder.save(checkpoint, metrics, best=is_best)
        self.epoch = epoch

    def _state(self) -> str:
        if self.epoch >= self.config.epochs:
            return "finished"
        return "stopped_early" if self.is_stuck() else "interrupted"

    def _summary(self, state: str) -> dict[str, Any]:
        return {
            "state": state,
            "epochs": self.epoch,
            "best_epoch": self.best_epoch,
            "best_accuracy": self.best,
        }


def _unit(crops: Tensor) -> Tensor:
    """Turn `(n, 48, 48) uint8` into `(n, 1, 48, 48) float32` in [0, 1]."""
    return crops.float().div(255).unsqueeze(1)
