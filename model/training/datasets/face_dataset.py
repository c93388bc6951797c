"""Face datasets in memory: crops with their emotion and the crowd's votes, as tensors."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from model.emotions import EMOTIONS
from model.training.datasets.gathering import Gathering


@dataclass(frozen=True)
class FaceDataset:
    """Grey face crops with one label each and, where there are any, the crowd's votes.

    `crops` is `(n, 48, 48) uint8`; `emotions` is `(n,) int64`, indices into `EMOTIONS`; `votes`
    is `(n, 8) float32`: FER+ votes for the seven emotions, then for anything else, all zero for a
    face that nobody voted on. `points` are facial points `(n, k, 2) float32` for networks that
    want them, see `model.landmarks`, and `mirrored_points`, unless there are five, those of the
    crop's mirror image, see `move_points`.
    """

    crops: Tensor
    emotions: Tensor
    votes: Tensor
    points: Tensor | None = None
    mirrored_points: Tensor | None = None

    @classmethod
    def of(cls, gathered: Gathering) -> "FaceDataset":
        """Stack what a reader gathered."""
        return cls(
            torch.from_numpy(np.stack(gathered.crops)),
            torch.tensor(gathered.emotions),
            torch.tensor(gathered.votes, dtype=torch.float32),
        )

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.emotions)

    def emotion_counts(self) -> list[int]:
        """Return the number of faces per emotion, in `EMOTIONS` order."""
        return torch.bincount(self.emotions, minlength=len(EMOTIONS)).tolist()

    def first(self, n: int) -> "FaceDataset":
        """Return the first `n` faces, for quick trials."""
        return self.take(slice(n))

    def to(self, device: torch.device) -> "FaceDataset":
        """Return the same faces on `device`."""
        return self._each(lambda tensor: tensor.to(device))

    def take(self, chosen: slice | Tensor) -> "FaceDataset":
        """Return the chosen faces, in that order."""
        return self._each(lambda tensor: tensor[chosen])

    def _each(self, change: Callable[[Tensor], Tensor]) -> "FaceDataset":
        tensors = {name: value for name, value in vars(self).items() if value is not None}
        return FaceDataset(**{name: change(value) for name, value in tensors.items()})

    def points_of(self, chosen: slice | Tensor) -> tuple[Tensor, ...]:
        """Return what a network takes beside the chosen crops: their points, or nothing."""
        return () if self.points is None else (self.points[chosen],)

    def targets(self, smoothing: float = 0.0) -> Tensor:
        """Return what a network should tell: `(n, 2, 7)`, a distribution per label set.

        The crowd's is the share of its votes for each emotion; all zero, so that nothing is
        learnt from it, where no vote is for an emotion. `smoothing` is for the single label
        (Szegedy et al. 2016): the share spread over all emotions.
        """
        count = len(EMOTIONS)
        votes = self.votes[:, :count]
        crowd = votes / votes.sum(1, keepdim=True).clamp(min=1)
        single = torch.full((len(self), count), smoothing / count, device=self.emotions.device)
        single[torch.arange(len(self)), self.emotions] += 1 - smoothing
        return torch.stack((crowd, single), dim=1)

    def majority(self) -> Tensor:
        """Return the emotion that more than half of all votes are for, `(n,) int64`, or -1."""
        most, emotion = self.votes[:, : len(EMOTIONS)].max(1)
        return torch.where(most * 2 > self.votes.sum(1), emotion, -1)

    def truth(self) -> Tensor:
        """Return what counts as right: `(n, 2) int64`, -1 where a label set is undecided."""
        return torch.stack((self.majority(), self.emotions), dim=1)
