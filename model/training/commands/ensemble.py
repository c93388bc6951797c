"""What `roomtone ensemble` does: reads, weighs, merges, compares, and only then writes."""

import sys
from pathlib import Path

import numpy as np
from onnx import ModelProto
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from model.card import ModelCard, UnusableNetwork
from model.classifier import OUTPUTS
from model.emotions import LABEL_SETS, LabelSet
from model.runtime import open_network
from model.training.calibration import Scalings, UnreachableRecall, scale_logits
from model.training.checkpoint import UnreadableCheckpoint
from model.training.datasets import FaceDataset, UnreadableDataset, read_faces
from model.training.ensemble import Ensemble, UnusableEnsemble, describe_ensemble
from model.training.exporting.description import name_dataset
from model.training.exporting.fitting import fit_calibration
from model.training.exporting.graph import PARITY, ParityFailed
from model.training.exporting.measuring import describe_accuracy, measure
from model.training.exporting.network_file import check_output, describe_size, write_network
from model.training.members import Member, Told, scale_pixels
from model.training.merging import merge_members
from model.training.networks import UnknownNetwork

MISTAKES = (
    OSError,
    ParityFailed,
    UnknownNetwork,
    UnreachableRecall,
    UnreadableCheckpoint,
    UnreadableDataset,
    UnusableEnsemble,
    UnusableNetwork,
)
"""What a user can cause; each says in a sentence what to do."""

PARITY_FACES = 256


def run_ensemble(
    paths: list[Path],
    data: Path,
    output: Path,
    *,
    version: str,
    votes: Path | None = None,
    valid_share: float = 0.1,
    seed: int = 1,
    recall_floor: float | None = None,
) -> int:
    """Write the ensemble of `paths` to `output`; return the exit code."""
    wide = None if sys.stdout.isatty() else 160
    console = Console(highlight=False, soft_wrap=True, width=wide)
    complaints = Console(stderr=True, highlight=False, soft_wrap=True)

    def say(sentence: str) -> None:
        console.print(Text(sentence))

    try:
        check_output(output)
        valid = read_faces(data, votes=votes, valid_share=valid_share, seed=seed).valid
        members = [
            Member.read(path, valid)
            for path in track(paths, "Reading networks", console=complaints, transient=True)
        ]
        ensemble = Ensemble.fit(members, valid)
        console.print(_tabulate(ensemble, valid))
        for labels in LABEL_SETS:
            if not (valid.truth()[:, LABEL_SETS.index(labels)] >= 0).any():
                say(f"{labels}: no face of valid has such a label, so all members count the same")
        scalings = fit_calibration(ensemble.logits(), valid, recall_floor=recall_floor, say=say)
        card = describe_ensemble(ensemble, scalings, version, valid.crops.shape[-1])
        proto = merge_members(members, ensemble.weights, scalings, card)
        worst = check_merged(proto, card, ensemble, scalings, valid)
        card = write_network(proto, card, output, valid, name_dataset(data, "valid"))
    except MISTAKES as error:
        complaints.print(Text(str(error)))
        return 1
    say(f"the file as the product runs it: {describe_accuracy(card.measured)}")
    say(f"parity with its members: {worst:.1e} at most")
    say(describe_size(output))
    return 0


def check_merged(
    proto: ModelProto, card: ModelCard, ensemble: Ensemble, scalings: Scalings, faces: FaceDataset
) -> float:
    """Compare the merged graph with the members run one by one; return the largest difference.

    Raises `ParityFailed`.
    """
    session, worst = open_network(proto.SerializeToString()), 0.0
    crops = (scale_pixels(faces.crops[:PARITY_FACES]) - card.mean) / card.std
    for labels, logits in ensemble.logits().items():
        name = OUTPUTS[labels] if len(ensemble.weights) > 1 else "probabilities"
        told = session.run([name], {"crops": crops.numpy()})[0]
        some = logits[:PARITY_FACES]
        expected = scale_logits(some, scalings[labels]) if labels in scalings else some
        worst = max(worst, float(np.abs(told - expected.softmax(1).numpy()).max()))
    if not worst <= PARITY:
        raise ParityFailed(worst)
    return worst


def _tabulate(ensemble: Ensemble, faces: FaceDataset) -> Table:
    """Draw what each member, their plain mean and the weighted one are worth, per label set."""
    table = Table(box=None, pad_edge=False)
    table.add_column("on valid", overflow="fold")
    for labels in ensemble.weights:
        for name in (f"{labels} weight", "accuracy %", "macro-F1 %"):
            table.add_column(name, justify="right", no_wrap=True)
    for at, member in enumerate(ensemble.members):
        weights = {labels: f"{told[at]:.3f}" for labels, told in ensemble.weights.items()}
        table.add_row(member.name, *_cells(ensemble.told[at], weights, ensemble, faces))
    table.add_row("plain mean", *_cells(ensemble.plain().tell(), {}, ensemble, faces))
    table.add_row("weighted mean", *_cells(ensemble.tell(), {}, ensemble, faces))
    return table


def _cells(
    told: Told, weights: dict[LabelSet, str], ensemble: Ensemble, faces: FaceDataset
) -> list[str]:
    measured = {one.labels: one for one in measure(told, faces, "valid")}
    cells = []
    for labels in ensemble.weights:
        one = measured.get(labels)
        cells.append(weights.get(labels, "") if labels in told else "no head")
        cells += [f"{100 * one.accuracy:.2f}", f"{100 * one.macro_f1:.2f}"] if one else ["", ""]
    return cells
