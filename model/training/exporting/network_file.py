"""Writing a network file: its card inside, opened as the server opens it, then named."""

from pathlib import Path

import onnx
from onnx import ModelProto

from model.card import METADATA_KEY, Accuracy, ModelCard
from model.classifier import EmotionClassifier
from model.emotions import LABEL_SETS, LabelSet
from model.quantification import FEWEST_FACES, ShareEstimator, TooFewFaces, fit_estimator
from model.training.datasets import FaceDataset
from model.training.exporting.measuring import Probabilities, measure, tell_faces

MOST_BYTES = 5_000_000
"""What a network that ships may weigh."""


def put_card(proto: ModelProto, card: ModelCard) -> None:
    """Make the card a graph's only metadata, and drop what says who exported it and how."""
    del proto.metadata_props[:]
    entry = proto.metadata_props.add()
    entry.key, entry.value = METADATA_KEY, card.model_dump_json()
    proto.producer_name, proto.producer_version, proto.doc_string = "roomtone", "", ""


def check_output(path: Path) -> None:
    """Refuse, before any long work, what no file can be written as. Raises `OSError`."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; give the name of a file in it.")
    for parent in path.parents:
        if parent.exists():
            if not parent.is_dir():
                raise NotADirectoryError(f"{path} cannot be written: {parent} is a file.")
            return


def write_network(
    proto: ModelProto, card: ModelCard, path: Path, faces: FaceDataset, dataset: str
) -> ModelCard:
    """Measure the network on `faces`, put the figures on its card and write it to `path`.

    The card also gets what corrects class shares, fitted on the same faces, if they are enough.

    It is measured as the very file that is written, and only named `path` when the product can
    open it. Raises `UnusableNetwork` and `OSError`; then nothing is written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    try:
        save_network(proto, card, partial)
        told = tell_faces(partial, faces)
        measured: tuple[Accuracy, ...] = measure(told, faces, dataset)
        estimator = fit_shares(told, faces)
        card = card.model_copy(update={"measured": measured, "estimator": estimator})
        save_network(proto, card, partial)
        EmotionClassifier.load(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return card


def fit_shares(told: Probabilities, faces: FaceDataset) -> ShareEstimator | None:
    """Fit what corrects class shares by the crowd's head; None where there is too little."""
    if LabelSet.CROWD not in told:
        return None
    truth = faces.truth()[:, LABEL_SETS.index(LabelSet.CROWD)].numpy()
    try:
        return fit_estimator(told[LabelSet.CROWD], truth)
    except TooFewFaces:  # `describe_shares` says so
        return None


def describe_shares(card: ModelCard) -> str:
    """Tell whether the product corrects class shares with this network."""
    if card.estimator is None:
        return (
            "class shares: not corrected, only counted; an estimator needs a crowd head and at "
            f"least {FEWEST_FACES} faces of each emotion in valid"
        )
    return f"class shares: corrected, from {sum(card.estimator.faces):,} faces"


def describe_size(path: Path) -> str:
    """Tell the size of a file, and whether it is small enough to ship."""
    size = path.stat().st_size
    fits = "under" if size < MOST_BYTES else "NOT under"
    return f"{path}: {size / 1e6:.2f} MB, {fits} the {MOST_BYTES / 1e6:.0f} MB of what ships"


def save_network(proto: ModelProto, card: ModelCard, path: Path) -> None:
    """Write a graph with its card, unchecked."""
    put_card(proto, card)
    onnx.save(proto, path)
