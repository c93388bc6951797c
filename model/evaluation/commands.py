"""The command `roomtone evaluate`: a network's figures on labelled faces."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from model.card import UnusableNetwork
from model.classifier import SHIPPED_NETWORK, EmotionClassifier
from model.emotions import LabelSet
from model.evaluation.archives import open_dataset
from model.evaluation.confusion_picture import draw_confusion
from model.evaluation.crops import cut_crops
from model.evaluation.dataset import Dataset, UnusableDataset
from model.evaluation.disturbances import DISTURBANCES
from model.evaluation.files import CannotWrite, check_writable, dump_json, hash_file, write_whole
from model.evaluation.intervals import RESAMPLES, SEED
from model.evaluation.measurement import Examination, describe_run
from model.evaluation.page import write_page
from model.evaluation.pointed import find_its_points
from model.finders import FinderMissing, open_finder


@dataclass(frozen=True)
class Wishes:
    """What to measure besides the plain figures."""

    flip: bool
    robustness: bool
    resamples: int
    seed: int


def evaluate(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="Folder with one sub-folder per emotion, or a zip with labels.csv."
        ),
    ],
    *,
    labels: Annotated[
        LabelSet,
        typer.Option(help="Whose labels count: the crowd's (FER+), or FER2013's own."),
    ] = LabelSet.CROWD,
    split: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Split inside the zip.", show_default="valid"),
    ] = None,
    network: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Emotion network: an ONNX file made by export_onnx.py.",
            show_default="the shipped one",
        ),
    ] = None,
    landmark_network: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="ONNX file that locates the 468 facial points some networks take."
        ),
    ] = None,
    find: Annotated[
        bool,
        typer.Option(
            "--find/--whole",
            help="Find the largest face of each picture first, or take the whole picture as it.",
        ),
    ] = False,
    finder: Annotated[
        str, typer.Option(metavar="NAME", help="Face finder: centerface, or a YuNet ONNX file.")
    ] = "centerface",
    flip: Annotated[
        bool | None,
        typer.Option(
            "--flip/--no-flip",
            help="Also average over each face and its mirror image.",
            show_default="on with --html",
        ),
    ] = None,
    robustness: Annotated[
        bool | None,
        typer.Option(
            "--robustness/--no-robustness",
            help="Also measure blurred, compressed, small, dark, turned and covered faces.",
            show_default="on with --html",
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write all of it as one page with charts.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the JSON here as well.")
    ] = None,
    confusion: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the confusion matrix as a PNG.")
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Pictures that can't be read are no failure.")
    ] = False,
    resamples: Annotated[
        int, typer.Option(min=100, max=100_000, help="Resamples behind each interval.")
    ] = RESAMPLES,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the resamples.")] = SEED,
) -> None:
    """Measure an emotion network on labelled faces and print JSON.

    DIR holds a folder per emotion: angry, disgust, fear, happy, sad,
    surprise, neutral; the spellings of public datasets (Anger, happiness,
    0 to 6 in FER2013's order) are understood. Pictures may be JPEG, PNG,
    WebP, BMP or TIFF of any size, grey or colour. They count as face crops
    and are taken whole, unless --find is given. Or DIR is a zip with a
    labels.csv (columns file and emotion, and the ten FER+ votes).

    The JSON tells accuracy, balanced accuracy, macro figures, precision,
    recall and F1 per emotion, the confusion matrix (rows true, columns told,
    in the order of "emotions"), calibration, each with its 95 % interval; n,
    ms_per_face (the classifier alone, batches of eight, one thread), the
    network's version, and each picture that had to be skipped.

    For example:

      roomtone evaluate fer2013/valid

      roomtone evaluate fer2013.zip --split valid --html evaluation.html

      roomtone evaluate photos/ --find --network my_network.onnx

    Exit code: 0, or 1 when DIR can't be used, no face is left to measure, or
    a picture can't be read (the last not with --skip-bad).
    """
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    extra = html is not None
    wishes = Wishes(
        extra if flip is None else flip,
        extra if robustness is None else robustness,
        resamples,
        seed,
    )
    try:
        check_writable(html, json_file, confusion)
        dataset = open_dataset(folder, labels, split)
        classifier = _load(network, labels)
        pointed = find_its_points(classifier, landmark_network)
        faces_of = open_finder(finder).thorough() if find else None
        with _progress(console) as progress:
            task = progress.add_task("Reading faces", total=len(dataset.pictures))
            faces = cut_crops(
                dataset, classifier, finder=faces_of, on_picture=lambda: progress.advance(task)
            )
        for sentence in dataset.notes:
            console.print(Text(sentence))
        for sentence in faces.skipped:
            console.print(Text(f"Skipped: {sentence}"))
        examination = Examination(pointed, faces, labels, resamples, seed)
        told = examine(examination, dataset, wishes, console)
        told |= _describe_file(network or SHIPPED_NETWORK)
        _write(told, classifier, json_file, html, confusion)
    except (CannotWrite, UnusableDataset, UnusableNetwork, FinderMissing) as error:
        console.print(Text(str(error)))
        raise typer.Exit(1) from None
    sys.stdout.write(dump_json(told))
    if not len(faces):
        console.print(Text("No face is left to measure; see the sentences above."))
        raise typer.Exit(1)
    raise typer.Exit(int(faces.unreadable > 0 and not skip_bad))


def _load(network: Path | None, labels: LabelSet) -> EmotionClassifier:
    """Open the network; raises `UnusableNetwork` with the flag to give where a head is missing."""
    classifier = EmotionClassifier.load(network)
    if labels not in classifier.label_sets:
        card, offered = classifier.card, classifier.label_sets[0]
        raise UnusableNetwork(
            f"Network {card.name} {card.version} learned the “{offered}” labels only and does not "
            f"tell the “{labels}” ones. Give --labels {offered}, or --network with both heads."
        )
    return classifier


def examine(
    examination: Examination, dataset: Dataset, wishes: Wishes, console: Console
) -> dict[str, Any]:
    """Measure all that is wished, with progress on `console`; return it for JSON."""
    faces = len(examination.faces)
    levels = sum(len(one.levels) for one in DISTURBANCES)
    with _progress(console) as progress:
        task = progress.add_task("Measuring", total=faces)
        plain = examination.answer(examination.faces.crops, lambda n: progress.advance(task, n))
        told = examination.measure(plain).tell()
        told["ms_per_face"] = examination.time_face()
        told |= describe_run(examination, dataset, examination.classifier.card)
        if wishes.flip and faces:
            task = progress.add_task("Mirror images", total=faces)
            told["flip"] = examination.measure_flip(plain, lambda n: progress.advance(task, n))
        if wishes.robustness and faces:
            task = progress.add_task("Spoilt faces", total=faces * levels)
            told["robustness"] = examination.measure_robustness(
                plain, lambda n: progress.advance(task, n)
            )
    return told


def _describe_file(network: Path) -> dict[str, Any]:
    return {"network_sha256": hash_file(network), "network_bytes": network.stat().st_size}


def _write(
    told: dict[str, Any],
    classifier: EmotionClassifier,
    json_file: Path | None,
    html: Path | None,
    confusion: Path | None,
) -> None:
    if json_file:
        write_whole(json_file, dump_json(told))
    if told["n"] == 0 and (html or confusion):
        raise UnusableDataset("There is no face left to draw; see the sentences above.")
    if confusion:
        write_whole(confusion, draw_confusion(told))
    if html:
        write_whole(html, write_page(told, classifier.card))


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
