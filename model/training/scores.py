"""Scores of an epoch, per label set: added up batch by batch on the device, told at the end."""

from typing import Any

import torch
from torch import Tensor

from model.emotions import EMOTIONS, LABEL_SETS


class Scores:
    """Loss, hits and faces seen, per head and emotion."""

    def __init__(self, device: torch.device) -> None:
        shape = len(LABEL_SETS), len(EMOTIONS)
        self._hits, self._seen = (torch.zeros(shape, device=device) for _ in range(2))
        self._losses, self._faces = torch.zeros(len(LABEL_SETS), device=device), 0

    @torch.no_grad()
    def add(self, logits: Tensor, truth: Tensor, losses: Tensor) -> None:
        """Add a batch: logits `(n, 2, 7)`, truth `(n, 2)` or -1 for none, mean losses `(2,)`."""
        self._losses += losses.detach() * len(truth)
        self._faces += len(truth)
        for head, (told, true) in enumerate(zip(logits.argmax(2).T, truth.T, strict=True)):
            decided = true >= 0
            told, true = told[decided], true[decided]  # noqa: PLW2901 - the same, fewer
            self._seen[head] += torch.bincount(true, minlength=len(EMOTIONS))
            self._hits[head] += torch.bincount(true[told == true], minlength=len(EMOTIONS))

    def tell(self) -> dict[str, dict[str, Any]]:
        """Return loss, faces decided, accuracy, macro-recall, recall per emotion, by label set."""
        losses = (self._losses / max(self._faces, 1)).tolist()
        return {
            str(labels): {"loss": losses[head], **_score(self._hits[head], self._seen[head])}
            for head, labels in enumerate(LABEL_SETS)
        }


def likeliest(targets: Tensor) -> Tensor:
    """Return the emotion that each target `(n, 2, 7)` is most for, `(n, 2)`, -1 where for none."""
    most, emotion = targets.max(2)
    return torch.where(most > 0, emotion, -1)


def mean_accuracy(metrics: dict[str, Any]) -> float:
    """Return the mean of the label sets' accuracies: what the best epoch is chosen by.

    A label set that decides on no face of `valid`, as the crowd's without votes, is left out.
    """
    told = [metrics[labels]["accuracy"] for labels in LABEL_SETS if metrics[labels]["faces"]]
    return float(sum(told) / len(told))


def describe_epoch(metrics: dict[str, Any]) -> str:
    """Tell an epoch in a line."""
    told = "  ".join(
        f"{labels} {100 * metrics[labels]['accuracy']:.2f} % "
        f"(macro-recall {100 * metrics[labels]['macro_recall']:.1f} %)"
        for labels in LABEL_SETS
        if metrics[labels]["faces"]
    )
    return (
        f"epoch {metrics['epoch']:3d}  loss {metrics['loss']:.3f}  {told}  "
        f"rate {metrics['learning_rate']:.2g}  {metrics['seconds']:.0f} s"
    )


def _score(hits: Tensor, seen: Tensor) -> dict[str, Any]:
    recall = (hits / seen.clamp(min=1)).tolist()
    return {
        "faces": int(seen.sum()),
        "accuracy": float(hits.sum() / seen.sum().clamp(min=1)),
        "macro_recall": sum(recall) / len(recall),
        "recall": {str(e): r for e, r in zip(EMOTIONS, recall, strict=True)},
    }
