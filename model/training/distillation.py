"""What teachers tell of the training faces: the targets that a smaller network learns from.

Hinton et al. 2015, with the teachers' probabilities averaged over random views of each face so that
they tell what the face shows and not what the teacher has memorised of one picture. They are
computed once; the student then sees other views of the same face.
"""

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from model.training.augmentation import Augmentation
from model.training.datasets import FaceDataset

GENTLE = Augmentation(
    rotation=10, zoom=0.1, shift=0.05, shear=0.04, contrast=0.2, brightness=0.1, erase=0.0,
    blur_share=0.0, mixup=0.0,
)  # fmt: skip
"""Views for teachers: flips and small changes only, since nothing may be hidden from them."""


class Teacher(Protocol):
    """A network, or several as one, that tells probabilities of grey crops."""

    def tell(self, crops: Tensor) -> Tensor:
        """Map `(n, 1, 48, 48) float32` in [0, 1] to probabilities `(n, 2, 7)`."""
        ...


def ask_teacher(
    teacher: Teacher,
    dataset: FaceDataset,
    *,
    views: int,
    seed: int,
    batch: int = 256,
    advance: Callable[[int], None] = lambda _: None,
) -> Tensor:
    """Return the teacher's mean probabilities over random views of every face, `(n, 2, 7)`."""
    told = torch.zeros_like(dataset.targets())
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        for at in range(0, len(dataset), batch):
            crops = dataset.crops[at : at + batch].float().div(255).unsqueeze(1)
            for _ in range(views):
                told[at : at + batch] += teacher.tell(GENTLE.apply(crops))
            advance(len(crops))
    return told / views


def blend_targets(labels: Tensor, told: Tensor, teacher_share: float) -> Tensor:
    """Return `(1 - teacher_share) * labels + teacher_share * told`, each `(n, 2, 7)`.

    Where a label set has nothing to say of a face the teacher's word counts alone.
    """
    silent = labels.sum(2, keepdim=True) == 0
    return torch.where(silent, told, (1 - teacher_share) * labels + teacher_share * told)
