"""Checkpoint to ONNX: `python export_onnx.py CHECKPOINT --data fer2013.zip --version 1.0`.

The one way out of training. Writes one file with calibration, softmax and `ModelCard` inside, and
refuses when ONNX Runtime's probabilities differ from torch's by more than 1e-4. The accuracy on the
card is measured with the very file that is written. Needs the `training` extra.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

try:
    import torch  # noqa: F401 - asked first, because everything else needs it
except ImportError:
    sys.exit(
        "Exporting needs torch, which is not installed. In a clone: "
        "python -m pip install -e '.[training]'"
    )

from model.card import UnusableNetwork
from model.finders import FinderMissing
from model.training.calibration import UnreachableRecall
from model.training.checkpoint import Checkpoint, UnreadableCheckpoint
from model.training.datasets import UnreadableDataset, read_config_faces
from model.training.exporting.export import NotMirrored, export_checkpoint, export_eight_bit
from model.training.exporting.graph import ParityFailed
from model.training.exporting.network_file import check_output
from model.training.networks import UnknownNetwork

MISTAKES = (
    FinderMissing,
    NotMirrored,
    OSError,
    ParityFailed,
    UnknownNetwork,
    UnreachableRecall,
    UnreadableCheckpoint,
    UnreadableDataset,
    UnusableNetwork,
)
"""What can go wrong for a user; each says in a sentence what to do."""


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python export_onnx.py", description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        help="faces whose valid split it is fitted and measured on",
    )
    parser.add_argument(
        "--version", type=_read_version, required=True, help="for the card, for example 1.0"
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("model/weights/emotion.onnx"))
    parser.add_argument(
        "--recall-floor",
        type=_read_share,
        metavar="SHARE",
        help="lift every emotion's recall on valid to this share (0.45), at the least cost",
    )
    parser.add_argument(
        "--mirror",
        action="store_true",
        help="tell the mean of each face and its mirror image: more often right, twice the time",
    )
    parser.add_argument(
        "--landmark-network",
        metavar="FILE",
        help="where the landmark network of the training is now, if it was moved",
    )
    parser.add_argument(
        "--int8",
        type=Path,
        metavar="FILE",
        help="also an eight-bit copy, written only if it is faster here and as good",
    )
    given = parser.parse_args(argv)
    if given.int8 and given.int8.resolve() == given.output.resolve():
        parser.error("--int8 and --output name the same file; the copy needs one of its own.")
    return given


def main(argv: list[str] | None = None) -> int:
    """Run the command; return the exit status."""
    given = parse_arguments(argv)
    try:
        check_output(given.output)
        if given.int8:
            check_output(given.int8)
        checkpoint = Checkpoint.load(given.checkpoint)
        if given.landmark_network:
            checkpoint.config = replace(checkpoint.config, landmark_network=given.landmark_network)
        config = replace(checkpoint.config, limit=None)
        splits = read_config_faces(config, given.data)
        for note in splits.notes:
            print(note)
        proto, card = export_checkpoint(
            checkpoint,
            splits.valid,
            given.output,
            version=given.version,
            data=given.data,
            recall_floor=given.recall_floor,
            mirror=given.mirror,
            say=print,
        )
        if given.int8:
            export_eight_bit(
                proto, card, splits.train, splits.valid, given.int8, data=given.data, say=print
            )
    except MISTAKES as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _read_version(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; sessions remember a network by it")
    return text


def _read_share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is not a share between 0 and 1, like 0.45")
    return share


if __name__ == "__main__":
    raise SystemExit(main())
