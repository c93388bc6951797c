"""The words of an exported network's card: data, recipe, calibration and limits."""

from dataclasses import asdict
from pathlib import Path

from model.card import ModelCard
from model.emotions import EMOTIONS, LabelSet
from model.training.calibration import ENOUGH_FACES, Scalings
from model.training.checkpoint import Checkpoint
from model.training.config import TrainingConfig, spell_option

CROP_SIDE = 1.2
"""FER2013's crops around CenterFace's boxes: the median over its training faces is 1 / 0.83."""

FILES = ("data", "votes", "start_from", "landmark_network")
"""Settings that are paths; a card tells their names only."""

LIMITS = (
    "Tells visible expressions of posed and found photographs, not feelings, attention or "
    "understanding. Trained on one public collection of web pictures with noisy labels and unknown "
    "consent and demographics; accuracy on other people, ages and cameras is lower and uneven. "
    "Not for grading, attendance, discipline, appraisal or any decision about a person."
)


def describe_checkpoint(
    checkpoint: Checkpoint,
    scalings: Scalings,
    version: str,
    *,
    points: int = 0,
    mirror: bool = False,
) -> ModelCard:
    """Write the card of a checkpoint's network; the paths of who trained it stay out.

    `points` is how many facial points the network takes beside crops; with `mirror` it tells the
    mean of a crop and its mirror image.
    """
    config = checkpoint.config
    return ModelCard(
        name=f"roomtone-{config.network}",
        version=version,
        emotions=EMOTIONS,
        side=48,
        mean=checkpoint.mean,
        std=checkpoint.std,
        crop_side=CROP_SIDE,
        points=points,
        temperature=1.0,
        calibration=scalings or None,
        measured=(),
        trained_on=_describe_data(config),
        description=(
            f"Network “{config.network}”, {checkpoint.epoch} of {config.epochs} epochs, batch "
            f"{config.batch}, {config.optimizer} {config.learning_rate}, seed {config.seed}"
            f"{_describe_start(config)}{_describe_teachers(config)}; "
            f"{'mean of each face and its mirror image; ' if mirror else ''}"
            f"{describe_calibration(scalings)}"
        ),
        recipe=spell_recipe(config),
        limits=LIMITS,
    )


def spell_recipe(config: TrainingConfig) -> str:
    """Return the command that trains so: what differs from the defaults, files by name only."""
    taught = bool(config.teachers)
    words = ["roomtone", "distill", *config.teachers.split(", ")] if taught else ["roomtone train"]
    usual = asdict(TrainingConfig())
    for name, value in asdict(config).items():
        learnt_of = name.startswith("teacher")
        if name == "teachers" or (learnt_of and not taught) or value == usual[name]:
            continue
        told = Path(value).name if name in FILES else value
        words += [_spell_flag(name, told)]
    return " ".join(words)


def _spell_flag(name: str, value: object) -> str:
    option = spell_option(name)
    if isinstance(value, bool):
        return option if value else option.replace("--", "--no-", 1)
    return f"{option} {value}"


def name_dataset(path: Path, split: str) -> str:
    """Name a split of the data without telling where it lies: `FER2013 train`."""
    stem = path.stem
    return f"{'FER2013' if stem.lower() == 'fer2013' else stem} {split}"


def describe_calibration(scalings: Scalings) -> str:
    """Tell in a sentence what calibration does."""
    if not scalings:
        return "not calibrated, for want of labelled faces."
    floors = {s.recall_floor for s in scalings.values() if s.recall_floor is not None}
    said = f"vector scaling fitted on valid for {' and '.join(scalings)}"
    for floor in floors:
        said += (
            f", with the least offsets that lift every emotion's recall there to {floor:.0%} "
            f"(crowd: of emotions with {ENOUGH_FACES[LabelSet.CROWD]} faces or more)"
        )
    return said + "."


def _describe_start(config: TrainingConfig) -> str:
    return ", gone on from an earlier run's weights" if config.start_from else ""


def _describe_teachers(config: TrainingConfig) -> str:
    if not config.teachers:
        return ""
    return f", {config.teacher_share:.0%} of its targets the word of {config.teachers}"


def _describe_data(config: TrainingConfig) -> str:
    data = name_dataset(Path(config.data), "train")
    shares = []
    if config.crowd_share > 0:
        shares.append(f"FER+ votes ({config.crowd_share:.0%} of the loss)")
    if config.crowd_share < 1:
        shares.append(f"its own labels ({1 - config.crowd_share:.0%})")
    first = f", the first {config.limit} faces" if config.limit else ""
    return f"{data}{first}: {' and '.join(shares)}"
