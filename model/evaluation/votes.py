"""What a line of `labels.csv` says a face shows. Pure; needs no torch."""

from model.emotions import EMOTIONS, Emotion, LabelSet, parse_emotion
from model.labels_table import Row, parse_votes


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
    """Return the emotion with more than half of the votes of a line, or None.

    Raises `WrongLine`.
    """
    try:
        *counts, others = parse_votes(row)
    except ValueError as error:
        raise WrongLine(str(error)) from None
    most = max(counts)
    return EMOTIONS[counts.index(most)] if 2 * most > sum(counts) + others else None
