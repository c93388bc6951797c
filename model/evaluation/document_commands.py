"""The commands `roomtone card` and `roomtone trade`: documents from evaluations, never by hand."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from model.card import UnusableNetwork
from model.classifier import SHIPPED_NETWORK, EmotionClassifier
from model.emotions import LabelSet
from model.evaluation.card_page import write_card
from model.evaluation.files import (
    CannotWrite,
    UnusableEvaluation,
    check_writable,
    read_beside,
    read_evaluation,
    write_whole,
)
from model.evaluation.readme_table import replace_table
from model.evaluation.trade import draw_trade
from model.evaluation.wording import Told


class Disagreement(Exception):
    """A document that says something else than the files it is written from."""


def card(
    *,
    network: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Emotion network, with evaluation_crowd.json and the like beside it.",
            show_default="the shipped one",
        ),
    ] = None,
    readme: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the table of results here as well.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; say whether the documents agree.")
    ] = False,
) -> None:
    """Write a network's MODEL_CARD.md, and the README's table, from its evaluations.

    Beside the network it needs evaluation_crowd.json, evaluation_fer2013.json
    or both, as `roomtone evaluate fer2013.zip --labels crowd --flip
    --robustness --json FILE` writes them, and mood.json where class shares
    were measured. An evaluation of another file, or one that contradicts the
    card inside the network, is refused.

    For example:

      roomtone card --readme README.md

      roomtone card --readme README.md --check

    Exit code: 0, or 1 when something is missing or disagrees.
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        for path, text in write_documents(network or SHIPPED_NETWORK, readme).items():
            if check:
                _check_document(path, text)
                continue
            write_whole(path, text)
            console.print(Text(f"Wrote {path}."))
    except (CannotWrite, Disagreement, UnusableEvaluation, UnusableNetwork) as error:
        console.print(Text(str(error)))
        raise typer.Exit(1) from None


def _check_document(path: Path, text: str) -> None:
    if not path.exists() or path.read_text("utf-8") != text:
        raise Disagreement(
            f"{path} disagrees with the evaluations beside the network. Write it anew: "
            "`roomtone card --readme README.md`."
        )


def write_documents(network: Path, readme: Path | None = None) -> dict[Path, str]:
    """Return what the model card, and the README if given, must say.

    Raises `UnusableEvaluation` and `UnusableNetwork`.
    """
    classifier = EmotionClassifier.load(network)
    evaluations = read_beside(network)
    if missing := set(classifier.label_sets) - set(evaluations):
        raise UnusableEvaluation(
            f"{network} also tells the “{missing.pop()}” labels, but has no evaluation by them."
        )
    for labels, told in evaluations.items():
        _check_measured(classifier, labels, told)
    text = write_card(classifier.card, evaluations, _read_mood(network))
    documents = {network.with_name("MODEL_CARD.md"): text}
    if readme is not None:
        try:
            page = readme.read_text("utf-8")
        except OSError as error:
            raise UnusableEvaluation(f"{readme} can't be read ({error.strerror}).") from None
        documents[readme] = replace_table(page, evaluations)
    return documents


def _check_measured(classifier: EmotionClassifier, labels: LabelSet, told: Told) -> None:
    """Hold an evaluation to the figures inside the file; one face may fall either way."""
    for measured in classifier.card.measured:
        if measured.labels is not labels or measured.faces != told["n"]:
            continue
        if abs(measured.accuracy - told["accuracy"]) > 2 / told["n"]:
            raise UnusableEvaluation(
                f"The card inside the network says {measured.accuracy:.2%} by the {labels} labels, "
                f"its evaluation {told['accuracy']:.2%}. Export or evaluate it again."
            )


def _read_mood(network: Path) -> dict[str, Any] | None:
    path = network.with_name("mood.json")
    if not path.exists():
        return None
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise UnusableEvaluation(f"{path} can't be read ({error}).") from None


def trade(
    evaluations: Annotated[
        list[Path], typer.Argument(metavar="JSON...", help="What `roomtone evaluate --json` wrote.")
    ],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="An .svg or .png to draw.")
    ] = Path("trade.svg"),
) -> None:
    """Draw accuracy against milliseconds a face, a point for each evaluated network.

    For example:

      roomtone trade runs/*/evaluation.json -o docs/images/trade.svg

    Measure all of them on the same quiet machine, by the same labels.

    Exit code: 0, or 1 when an evaluation can't be used.
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        check_writable(output)
        write_whole(output, draw_trade(read_points(evaluations), _kind_of(output)))
    except (CannotWrite, UnusableEvaluation) as error:
        console.print(Text(str(error)))
        raise typer.Exit(1) from None


def _kind_of(output: Path) -> str:
    kind = output.suffix.lower().removeprefix(".")
    if kind not in {"svg", "png"}:
        raise UnusableEvaluation(f"{output} must end in .svg or .png.")
    return kind


def read_points(paths: list[Path]) -> dict[str, Told]:
    """Read the evaluations of one chart, by the name to write. Raises `UnusableEvaluation`."""
    told = {path: read_evaluation(path) for path in paths}
    if len({one["labels"] for one in told.values()}) > 1:
        raise UnusableEvaluation("These evaluations are by different labels; draw them apart.")
    points = {f"{one['network']} {one['network_version']}": one for one in told.values()}
    if len(points) < len(told):  # one name twice: the files tell them apart
        return {f"{one['network']} ({path.stem})": one for path, one in told.items()}
    return points
