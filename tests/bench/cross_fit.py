"""What calibration and recall floor are worth on faces that they were not fitted on.

`python -m tests.bench.cross_fit runs/student_compact/last.pt --recall-floor 0.48`: both are fitted
on four fifths of `valid` and measured on the fifth, in turn, with several ways to divide. The
network itself has not learnt from `valid`, but was chosen on it. Needs torch.
"""

import argparse
import os
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from model.emotions import EMOTIONS, LABEL_SETS, LabelSet
from model.evaluation.metrics import confuse, measure_confusion
from model.training.calibration import calibrate, hold_recall, scale_logits
from model.training.checkpoint import Checkpoint
from model.training.datasets import read_config_faces
from model.training.exporting.export import Prepared

DATA = Path(os.environ.get("ROOMTONE_BENCH_DATA", Path(__file__).parents[3] / "shared" / "data"))
FOLDS, DIVISIONS = 5, 3


def tell_unseen(
    logits: dict[LabelSet, Tensor], truth: Tensor, floor: float | None, seed: int
) -> dict[LabelSet, Tensor]:
    """Return each head's emotions `(n,)`, every face told by a fit that did not see it."""
    order = torch.randperm(len(truth), generator=torch.Generator().manual_seed(seed))
    told = {labels: torch.zeros(len(truth), dtype=torch.long) for labels in logits}
    for fold in range(FOLDS):
        unseen = order[fold::FOLDS]
        seen = torch.cat([order[k::FOLDS] for k in range(FOLDS) if k != fold])
        known = {labels: head[seen] for labels, head in logits.items()}
        scalings = calibrate(known, truth[seen])
        if floor:
            scalings = hold_recall(scalings, known, truth[seen], floor)
        for labels, scaling in scalings.items():
            told[labels][unseen] = scale_logits(logits[labels][unseen], scaling).argmax(1)
    return told


def main() -> None:
    """Print accuracy, macro-F1 and recalls, the mean of all divisions."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.cross_fit", description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--data", type=Path, default=DATA / "fer2013.zip")
    parser.add_argument("--recall-floor", type=float)
    parser.add_argument("--mirror", action="store_true")
    given = parser.parse_args()
    checkpoint = Checkpoint.load(given.checkpoint)
    valid = read_config_faces(replace(checkpoint.config, limit=None), given.data).valid
    prepared = Prepared.from_checkpoint(checkpoint, valid, mirror=given.mirror)
    truth = valid.truth()
    for head, labels in enumerate(LABEL_SETS):
        decided = truth[:, head] >= 0
        scores = []
        for seed in range(DIVISIONS):
            told = tell_unseen(prepared.head_logits(), truth, given.recall_floor, seed)[labels]
            confusion = confuse(truth[decided, head].numpy(), told[decided].numpy())
            scores.append(measure_confusion(confusion))
        mean = {name: _mean([s[name] for s in scores]) for name in ("accuracy", "macro_f1")}
        recalls = {str(e): _mean([s["recall"][str(e)] for s in scores]) for e in EMOTIONS}
        print(f"{labels}: accuracy {mean['accuracy']:.1%}, macro-F1 {mean['macro_f1']:.1%}")  # noqa: T201 - a command
        print("  recall:", ", ".join(f"{e} {r:.1%}" for e, r in recalls.items()))  # noqa: T201 - a command


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    main()
