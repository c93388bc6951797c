"""Measure class shares: `python -m tests.bench.class_mood [--network FILE] [--json FILE]`.

Cross-fitted over the crowd's majority faces of FER2013's `valid` split: the estimator is always
fitted on other faces than it is measured on. `--fitted` measures the one in the network's card.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from model.class_mood import (
    GROUPS,
    SEED,
    cross_fit_class_mood,
    measure_class_mood,
    tell_figures,
)
from model.classifier import EmotionClassifier
from model.emotions import LabelSet
from model.evaluation.archives import open_dataset

DATA = Path(os.environ.get("ROOMTONE_BENCH_DATA", Path(__file__).parents[3] / "shared" / "data"))


def classify_dataset(classifier, dataset):
    """Return the network's probabilities of every picture as one face, `(n, 7)`."""
    crops = np.stack([classifier.crop_whole(one.read()) for one in dataset.pictures])
    return classifier.classify(classifier.prepare(crops))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.class_mood", description=__doc__)
    parser.add_argument("--network", type=Path, help="an ONNX file; by default the shipped one")
    parser.add_argument("--data", type=Path, default=DATA / "fer2013.zip")
    parser.add_argument("--split", default="valid")
    parser.add_argument("--groups", type=int, default=GROUPS, help="groups of each mix")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--fitted", action="store_true", help="measure the card's own estimator")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    given = parser.parse_args()
    if not given.data.exists():
        sys.exit(f"There is no {given.data}. Name FER2013's zip with --data.")
    classifier = EmotionClassifier.load(given.network)
    dataset = open_dataset(given.data, LabelSet.CROWD, given.split)
    probabilities, truth = classify_dataset(classifier, dataset), dataset.truth()
    if not given.fitted:
        figures = cross_fit_class_mood(probabilities, truth, groups=given.groups, seed=given.seed)
    elif classifier.card.estimator is None:
        sys.exit("This network's card has no estimator. Leave out --fitted.")
    else:
        figures = measure_class_mood(
            probabilities, truth, classifier.card.estimator, groups=given.groups, seed=given.seed
        )
    table = Table("mix", "groups", "counting", "mean", "corrected", "± folds", "inside", "width")
    for mix, one in figures.items():
        spread = "–" if one.spread is None else f"{one.spread:.2f}"
        errors = (f"{value:.2f}" for value in (one.counting, one.mean, one.estimated))
        inside = f"{one.coverage:.1%}"
        table.add_row(mix, str(one.groups), *errors, spread, inside, f"{one.width:.1f}")
    Console(width=100).print(table)
    if given.json:
        told = {"network": classifier.card.name, "version": classifier.card.version}
        given.json.write_text(json.dumps({**told, **tell_figures(figures)}, indent=2))


if __name__ == "__main__":
    main()
