"""Trackers: whoever wants to hear how a training goes. Imports nothing of ours and no torch.

MLflow and plots are trackers; a test's is a list. What a tracker needs beside what it is told
here, as the run's folder or an address, it takes when it is made.
"""

from collections.abc import Mapping
from typing import Any, Protocol


class Tracker(Protocol):
    """Is told of a run in order: `start` once, `epoch` after every epoch, `finish` once.

    A run that goes on after a break tells `start` again, with the same config, and then only its
    own epochs; the numbers of the epochs go on. An exception raised by a tracker ends the run:
    a tracker that can be away (a server) has to bear it itself.
    """

    def start(self, config: Mapping[str, Any]) -> None:
        """Hear the settings: every field of `TrainingConfig` by its name, as JSON can hold it."""
        ...

    def epoch(self, metrics: Mapping[str, Any]) -> None:
        """Hear of one whole epoch; the same line goes into `metrics.jsonl`. JSON's types only.

        `epoch` counts from 1. `loss` is the loss trained on, the epoch's mean; `learning_rate`
        the last step's; `seconds` the epoch's. `train` holds one entry per label set
        (`crowd`, `fer2013`) about the augmented training faces. `crowd` and `fer2013`
        hold `loss`, `faces` (that have a truth there; 0 for the crowd's without votes),
        `accuracy`, `macro_recall` and `recall` by emotion on `valid`, of the averaged weights.
        `train`'s hold the same. Accuracies and recalls are shares, 0 to 1.
        """
        ...

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Hear that the run is over.

        `state` is `finished` (all epochs), `stopped_early` (no progress on `valid`), `interrupted`
        (Ctrl-C, or asked for a part only; resumes) or `failed`; `epochs` is how many are trained,
        `best_epoch` the best one (0: none yet), `best_accuracy` its mean of the label sets'
        accuracies on `valid`.
        """
        ...
