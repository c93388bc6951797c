"""One line of `labels.csv`: a file, FER2013's emotion, the crowd's votes. Pure; needs no torch.

FER+ (Barsoum et al. 2016, "Training Deep Networks for Facial Expression Recognition with
Crowd-Sourced Label Distribution") asked ten people about every face of FER2013.
"""

from collections.abc import Mapping

from model.emotions import EMOTIONS, Emotion, LabelSet, parse_emotion

VOTES: dict[str, Emotion] = {
    "anger": Emotion.ANGRY,
    "disgust": Emotion.DISGUST,
    "fear": Emotion.FEAR,
    "happiness": Emotion.HAPPY,
    "sadness": Emotion.SAD,
    "surprise": Emotion.SURPRISE,
    "neutral": Emotion.NEUTRAL,
}
"""FER+'s columns of the seven emotions."""

OTHER_VOTES = ("contempt", "unknown", "not_a_face")

Row = Mapping[str, str | None]


class WrongLine(ValueError):
    """A line of `labels.csv` that says nothing usable; the message names the column."""


def read_emotion(row: Row, labels: LabelSet) -> Emotion | None:
    """Return what a face counts as by one label set, or None where it is undecided.

    The crowd has decided when more than half of all its votes, also those for other things, are
    for one emotion. Raises `WrongLine`.
    """
    if labels is LabelSet.CROWD:
        return find_majority(row)
    try:
        return parse_emotion(row.get("emotion") or "")
    except ValueError as error:
        raise WrongLine(f"column emotion: {error}") from None


def find_majority(row: Row) -> Emotion | None:
    """Return the emotion with more than half of the votes of a line, or None."""
    counts = {emotion: _count(row, column) for column, emotion in VOTES.items()}
    votes = sum(counts.values()) + sum(_count(row, column) for column in OTHER_VOTES)
    most = max(EMOTIONS, key=counts.__getitem__)
    return most if 2 * counts[most] > votes else None


def _count(row: Row, column: str) -> int:
    text = (row.get(column) or "").strip()
    if text and not (text.isascii() and text.isdigit()):
        raise WrongLine(f"“{text}” in column {column} is not a number of votes.")
    return int(text or 0)
