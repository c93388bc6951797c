"""Train an emotion network: `python -m model.training.train --data fer2013.zip --run runs/first`.

Resumes by itself when the run folder holds a checkpoint. Writes `last.pt` and `best.pt` and one
line of `metrics.jsonl` per epoch. May import torch and the rest of `model.training`.
"""

import argparse
import copy
import json
import math
import time
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn
from torch.nn import functional

from model.emotions import EMOTIONS, LABEL_SETS
from model.training.augmentation import Augmentation
from model.training.checkpoint import Checkpoint, TrainingConfig, UnreadableCheckpoint
from model.training.datasets import FaceDataset, UnreadableDataset, read_fer2013_zip
from model.training.networks import UnknownNetwork, build_network


class TrainingRun:
    """One network, one dataset, one folder of checkpoints."""

    def __init__(
        self, config: TrainingConfig, folder: Path, train: FaceDataset, valid: FaceDataset
    ) -> None:
        torch.manual_seed(config.seed)
        self.config, self.folder, self.train_set, self.valid_set = config, folder, train, valid
        pixels = train.crops.float() / 255
        self.mean, self.std = float(pixels.mean()), float(pixels.std())
        self.targets = train.targets(config.label_smoothing)
        self.augmentation = Augmentation()
        self.network = build_network(config.network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub lacks it
        self.average = copy.deepcopy(self.network)
        self.optimizer = torch.optim.SGD(
            _decay_groups(self.network, config.weight_decay),
            lr=config.learning_rate,
            momentum=config.momentum,
            nesterov=True,
        )
        self.epoch, self.best = 0, 0.0

    def resume(self) -> bool:
        """Go on from `last.pt` if there is one.

        Raises `UnreadableCheckpoint` if it is another run's.
        """
        path = self.folder / "last.pt"
        if not path.exists():
            return False
        stored = Checkpoint.load(path)
        if stored.config != self.config:
            raise UnreadableCheckpoint(
                f"{path} was written with other settings ({stored.config}). "
                "Give the same settings to resume, or another --run folder to start anew."
            )
        self.network.load_state_dict(stored.network)
        self.average.load_state_dict(stored.average)
        self.optimizer.load_state_dict(stored.optimizer)
        torch.set_rng_state(stored.random["torch"])
        self.epoch = stored.epoch
        best = self.folder / "best.pt"
        self.best = Checkpoint.load(best).valid_accuracy if best.exists() else 0.0
        return True

    def run(self, console: Console, *, at_most: int | None = None) -> float:
        """Train the epochs that are left, or some of them; return the best accuracy on `valid`."""
        end = min(self.config.epochs, self.epoch + (at_most or self.config.epochs))
        with Progress(console=console) as progress:
            while self.epoch < end:
                started = time.monotonic()
                task = progress.add_task(
                    f"epoch {self.epoch + 1}/{self.config.epochs}", total=len(self.train_set)
                )
                loss = self._train_epoch(partial(progress.advance, task))
                self.epoch += 1
                metrics = {"epoch": self.epoch, "loss": loss, **self.evaluate()}
                metrics["seconds"] = time.monotonic() - started
                progress.remove_task(task)
                self._record(metrics)
                console.print(_describe(metrics))
        return self.best

    def evaluate(self) -> dict[str, Any]:
        """Score the averaged network on `valid`: accuracy and recall per emotion and label set."""
        self.average.eval()
        shape = len(LABEL_SETS), len(EMOTIONS)
        hits, seen = torch.zeros(shape), torch.zeros(shape)
        truth = self.valid_set.truth()
        with torch.no_grad():
            for at in range(0, len(truth), 256):
                logits = self.average(self._normalise(self.valid_set.crops[at : at + 256]))
                for head, (told, true) in enumerate(
                    zip(logits.argmax(2).T, truth[at : at + 256].T, strict=True)
                ):
                    told, true = told[true >= 0], true[true >= 0]
                    seen[head] += torch.bincount(true, minlength=len(EMOTIONS))
                    hits[head] += torch.bincount(true[told == true], minlength=len(EMOTIONS))
        return {
            str(labels): _score(hits[head], seen[head]) for head, labels in enumerate(LABEL_SETS)
        }

    def _train_epoch(self, advance: Callable[[int], None]) -> float:
        self.network.train()
        order = torch.randperm(len(self.train_set))
        steps = len(order) // self.config.batch or 1
        total = 0.0
        for step in range(steps):
            chosen = order[step * self.config.batch : (step + 1) * self.config.batch]
            self._set_learning_rate(self.epoch + step / steps)
            total += self._train_batch(chosen)
            advance(len(chosen))
        return total / steps

    def _train_batch(self, chosen: Tensor) -> float:
        crops = self.train_set.crops[chosen].float().div(255).unsqueeze(1)
        crops, targets = self.augmentation.mix(
            self.augmentation.apply(crops), self.targets[chosen]
        )
        crops = self._standardise(crops).to(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.bfloat16):
            logits = self.network(crops).float()
        loss = self._loss(logits, targets)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimizer.step()
        self._update_average()
        return float(loss.detach())

    def _loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the cross-entropy of both heads' `(n, 2, 7)`, weighed by `crowd_share`."""
        heads = -(targets * functional.log_softmax(logits, 2)).sum(2).mean(0)
        crowd, single = heads
        return self.config.crowd_share * crowd + (1 - self.config.crowd_share) * single

    @torch.no_grad()
    def _update_average(self) -> None:
        decay = self.config.average_decay
        ours, theirs = self.average.state_dict(), self.network.state_dict()
        for name, value in ours.items():
            if value.is_floating_point():
                value.lerp_(theirs[name], 1 - decay)
            else:
                value.copy_(theirs[name])

    def _set_learning_rate(self, at: float) -> None:
        """Warm up linearly, then follow a cosine to zero (Loshchilov & Hutter 2017)."""
        warm, total = self.config.warm_up_epochs, self.config.epochs
        if at < warm:
            factor = (at + 0.05) / warm
        else:
            factor = 0.5 * (1 + math.cos(math.pi * (at - warm) / max(total - warm, 1e-9)))
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.learning_rate * min(factor, 1.0)

    def _normalise(self, crops: Tensor) -> Tensor:
        return self._standardise(crops.float().div(255).unsqueeze(1))

    def _standardise(self, crops: Tensor) -> Tensor:
        return (crops - self.mean) / self.std

    def _record(self, metrics: dict[str, Any]) -> None:
        accuracy = _mean_accuracy(metrics)
        checkpoint = Checkpoint(
            self.config,
            self.epoch,
            self.mean,
            self.std,
            accuracy,
            self.network.state_dict(),
            self.average.state_dict(),
            self.optimizer.state_dict(),
            {"torch": torch.get_rng_state()},
        )
        checkpoint.save(self.folder / "last.pt")
        if accuracy > self.best:
            self.best = accuracy
            checkpoint.save(self.folder / "best.pt")
        with (self.folder / "metrics.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(metrics) + "\n")


def _decay_groups(network: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Decay the matrices and kernels only, not biases and normalisation."""
    kernels = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    return [
        {"params": kernels, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]


def _score(hits: Tensor, seen: Tensor) -> dict[str, Any]:
    recall = (hits / seen.clamp(min=1)).tolist()
    return {
        "accuracy": float(hits.sum() / seen.sum().clamp(min=1)),
        "macro_recall": sum(recall) / len(recall),
        "recall": dict(zip(EMOTIONS, recall, strict=True)),
    }


def _mean_accuracy(metrics: dict[str, Any]) -> float:
    """Return the mean of both label sets' accuracies: what the best epoch is chosen by."""
    told: list[float] = [metrics[labels]["accuracy"] for labels in LABEL_SETS]
    return sum(told) / len(told)


def _describe(metrics: dict[str, Any]) -> str:
    told = "  ".join(
        f"{labels} {100 * metrics[labels]['accuracy']:.2f} % "
        f"(macro-recall {100 * metrics[labels]['macro_recall']:.1f} %)"
        for labels in LABEL_SETS
    )
    return f"epoch {metrics['epoch']:3d}  loss {metrics['loss']:.3f}  {told}  {metrics['seconds']:.0f} s"


def parse_arguments(argv: list[str] | None = None) -> tuple[TrainingConfig, Path, int]:
    """Read the command line into a config, the run folder and the number of threads."""
    parser = argparse.ArgumentParser(prog="python -m model.training.train", description=__doc__)
    parser.add_argument("--run", type=Path, default=Path("runs/compact"), help="run folder")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    defaults = TrainingConfig()
    for item in fields(TrainingConfig):
        kind = {"int | None": int}.get(str(item.type), type(getattr(defaults, item.name)))
        flag = "--" + item.name.replace("_", "-")
        if kind is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=True)
        else:
            parser.add_argument(flag, type=kind, default=getattr(defaults, item.name))
    given = vars(parser.parse_args(argv))
    folder, threads = given.pop("run"), given.pop("threads")
    return TrainingConfig(**given), folder, threads


def main(argv: list[str] | None = None) -> int:
    """Run the command; return the exit status."""
    config, folder, threads = parse_arguments(argv)
    torch.set_num_threads(threads)
    console = Console()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        train, valid = (read_fer2013_zip(Path(config.data), split) for split in ("train", "valid"))
        if config.limit:
            train, valid = train.first(config.limit), valid.first(config.limit)
        run = TrainingRun(config, folder, train, valid)
        if run.resume():
            console.print(f"Resuming {folder} after epoch {run.epoch}.")
    except (UnreadableDataset, UnreadableCheckpoint, UnknownNetwork, OSError) as error:
        console.print(f"[red]{error}[/red]")
        return 1
    console.print(f"{len(train)} faces to train on, {len(valid)} to validate on.")
    best = run.run(console)
    console.print(f"Done. Best accuracy on valid: {100 * best:.2f} %. Checkpoints in {folder}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
