"""MODEL_CARD.md: what a network is, how well it does, where it fails. From JSON, never by hand.

After Mitchell et al. 2019, "Model Cards for Model Reporting". Pure: dictionaries in, text out.
"""

from typing import Any

from model.card import ModelCard
from model.emotions import LabelSet
from model.evaluation import wording
from model.evaluation.wording import Rows, Told, percent, points

NOT_FOR = (
    "grading, attendance, discipline, appraisal, hiring or any decision about a person;",
    "telling feelings, attention, honesty or understanding: it tells what is visible;",
    "telling about one student: Roomtone keeps counts of a class and nothing else;",
    (
        "a place where inferring emotions is prohibited (in the European Union, education is one, "
        "but for narrow exceptions: AI Act, Article 5(1)(f))."
    ),
)


def write_card(
    card: ModelCard, evaluations: dict[LabelSet, Told], mood: dict[str, Any] | None = None
) -> str:
    """Return the whole page. `mood` is what measuring class shares printed, any JSON."""
    any_one = next(iter(evaluations.values()))
    parts = [
        f"# Model card: {card.name} {card.version}",
        "Written by `roomtone card` from the evaluations beside the network; not by hand.",
        (
            f"Network file: {any_one['network_bytes'] / 1e6:.2f} MB, SHA-256 "
            f"`{any_one['network_sha256']}`. Input: grey crops of {card.side}x{card.side} pixels."
        ),
        "## What it is for",
        "The visible mood of a class as counts over time, from faces in video frames.",
        "It must not be used for:\n\n" + "\n".join(f"- {line}" for line in NOT_FOR),
        card.limits,
        "## Data and labels",
        f"Trained on: {card.trained_on}.",
        _describe_noise(evaluations),
        "## Training",
        card.description,
        _describe_recipe(card),
        _describe_calibration(card),
    ]
    for labels, told in evaluations.items():
        parts += _describe_evaluation(labels, told)
    parts += ["## Class mood", _describe_mood(card, mood)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _describe_noise(evaluations: dict[LabelSet, Told]) -> str:
    agreements = [told["agreement"] for told in evaluations.values() if told.get("agreement")]
    if not agreements:
        return ""
    one = agreements[0]
    return (
        f"The labels are noisy. Of {one['faces']:,} faces of `valid`, ten people's votes (FER+) "
        f"have a majority for one of the seven emotions on {one['decided']:,}; FER2013's own label "
        f"is the same on {percent(one['share_of_decided'])} of these, and on "
        f"{percent(one['share'])} of all. No network can be right by both."
    )


def _describe_recipe(card: ModelCard) -> str:
    command = f"Command: `{card.recipe}`. " if card.recipe else ""
    return (
        f"{command}Exported by `python export_onnx.py` (docs/ensembles.md); the whole recipe, with "
        "the teachers', is in docs/diary.md."
    )


def _describe_calibration(card: ModelCard) -> str:
    if not card.calibration:
        return f"Calibrated by one temperature, {card.temperature:g} (Guo et al. 2017)."
    heads = " and ".join(f"“{labels}”" for labels in card.calibration)
    return f"Calibrated by vector scaling (Guo et al. 2017) for the labels {heads}."


def _describe_evaluation(labels: LabelSet, told: Told) -> list[str]:
    levels = told.get("robustness")
    measured = (
        f"{told['n']:,} faces of {told['dataset']}. Labels: {wording.LABELS[labels]}. "
        f"{' '.join(told['notes'])} Intervals: {percent(told['bootstrap']['level'], 0)}, bootstrap "
        f"over faces, {told['bootstrap']['resamples']:,} resamples, seed "
        f"{told['bootstrap']['seed']}. The same split chose the network and its calibration, so "
        "the figures are a little kind. "
        f"{told['ms_per_face']:.2f} ms a face (batches of eight, one thread, the machine that "
        "measured)."
    )
    flags = (" --robustness" if levels else "") + (" --flip" if told.get("flip") else "")
    return [
        f"## Figures by the {labels} labels",
        f"`roomtone evaluate fer2013.zip --labels {labels}{flags}`: {measured}",
        _table(wording.headline_columns(told), wording.headline_rows(told)),
        _table(wording.EMOTION_COLUMNS, wording.emotion_rows(told)),
        f"### Where it fails, by the {labels} labels",
        _describe_failures(told),
        "\n\n".join(_describe_disturbance(told, one) for one in levels or []),
    ]


def _describe_failures(told: Told) -> str:
    lines = []
    for emotion in wording.tell_worst(told, 3):
        line = f"- {emotion}: {percent(told['recall'][emotion])} of its faces are told so"
        if mistaken := wording.tell_mistaken(told, emotion):
            line += f"; most often mistaken for {mistaken[0]} ({percent(mistaken[1])})"
        lines.append(f"{line} ({told['support'][emotion]:,} faces).")
    for one in told.get("robustness", []):
        level = min(one["levels"], key=lambda each: float(each["accuracy_change"]))
        lines.append(
            f"- {one['name']}, {level['level']}: {percent(level['accuracy'])} right "
            f"({points(level['accuracy_change'])} points)."
        )
    lines.append(
        "- Pose, age, skin colour, glasses and cameras: not labelled in this data, "
        "so not measured; expect it to be worse where training pictures are few."
    )
    return "\n".join(lines)


def _describe_disturbance(told: Told, disturbance: Told) -> str:
    columns = [disturbance["name"], *wording.DISTURBANCE_COLUMNS[1:]]
    return _table(columns, wording.disturbance_rows(told, disturbance))


def _describe_mood(card: ModelCard, mood: dict[str, Any] | None) -> str:
    corrected = getattr(card, "estimator", None) is not None
    said = (
        "The card inside the file holds an estimator that corrects the shares of a class for the "
        "network's known confusions."
        if corrected
        else "The card inside the file holds no estimator of class shares; the product counts."
    )
    if mood is None:
        return f"{said} Errors of class shares are not measured for this file yet."
    return f"{said} Measured:\n\n" + _table(["what", "measured"], flatten(mood))


def flatten(told: Any, name: str = "") -> Rows:  # noqa: ANN401 - any JSON
    """Return every value of a JSON with its path, for a table: `natural.counting`, `2.1`."""
    if isinstance(told, dict):
        rows = [flatten(value, f"{name}, {key}" if name else key) for key, value in told.items()]
        return [row for part in rows for row in part]
    if isinstance(told, list):
        return [
            [name, " to ".join(map(_tell, told)) if len(told) == 2 else ", ".join(map(_tell, told))]
        ]
    return [[name, _tell(told)]]


def _tell(value: Any) -> str:  # noqa: ANN401 - any JSON
    return f"{value:g}" if isinstance(value, float) else str(value)


def _table(columns: list[str], rows: Rows) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in lines
    )
