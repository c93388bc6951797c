"""The words of a comparison's statements, in the language spoken. Pure.

A sentence for each key of `statements`. Emotions stand in phrases of their own, because languages
inflect them.
"""

from collections.abc import Callable

from babel.numbers import format_decimal

from model.emotions import Emotion
from server.languages import gettext, ngettext, spoken_locale
from server.schemas import Figure, Statement
from server.vocabulary import less_of, more_of

DAY_S = 86_400


def say(statement: Statement) -> Statement:
    """Return the statement with its text."""
    text = _SENTENCES[statement.key](statement).format(**_write_figures(statement))
    return statement.model_copy(update={"text": text})


def _change(statement: Statement) -> str:
    more = float(statement.figures[Figure.SIZE] or 0) > 0
    return (more_of() if more else less_of())[Emotion(str(statement.figures[Figure.WHAT]))]


def _session(_: Statement) -> str:
    return gettext(
        "Lesson {number}, “{title}”: {change} than the mean of the others, by {size} points "
        "({low} to {high})."
    )


def _segment(_: Statement) -> str:
    return gettext(
        "Under “{near}”, lesson {number} had {change} than the mean of the others, by {size} "
        "points ({low} to {high})."
    )


def _trend(_: Statement) -> str:
    return gettext(
        "From the first lesson to the last, over {days} days and {number} lessons: {change}, by "
        "{size} points ({low} to {high}), beyond noise."
    )


def _too_few(statement: Statement) -> str:
    if not statement.figures[Figure.NUMBER]:
        return gettext(
            "There is nothing to compare: no lesson here has ended with enough students visible. "
            "A comparison needs two."
        )
    return gettext(
        "There is nothing to compare yet: one lesson here has ended with enough students visible, "
        "and a comparison needs two."
    )


def _no_segment_difference(statement: Statement) -> str:
    number = int(statement.figures[Figure.NUMBER] or 0)
    return ngettext(
        "No difference beyond noise under the title that lessons share.",
        "No difference beyond noise under any of the {number} titles that lessons share.",
        number,
    )


def _further(statement: Statement) -> str:
    number = int(statement.figures[Figure.NUMBER] or 0)
    return ngettext(
        "{number} more difference beyond noise stands in the table.",
        "{number} more differences beyond noise stand in the table.",
        number,
    )


_SENTENCES: dict[str, Callable[[Statement], str]] = {
    "too_few": _too_few,
    "nothing_alike": lambda _: gettext(
        "No two of these lessons were read alike, so none is compared with another."
    ),
    "no_difference": lambda _: gettext(
        "No difference beyond noise: none of these lessons stands out from the others."
    ),
    "session_more": _session,
    "session_less": _session,
    "further": _further,
    "trend_up": _trend,
    "trend_down": _trend,
    "no_trend": lambda _: gettext("No trend beyond noise from the first lesson to the last."),
    "segment_more": _segment,
    "segment_less": _segment,
    "no_segment_difference": _no_segment_difference,
    "coverage_alike": lambda _: gettext(
        "At its fullest moment each lesson had {high} % of the students visible; those who were "
        "not may differ."
    ),
    "coverage": lambda _: gettext(
        "At their fullest moments the lessons had between {low} % and {high} % of the students "
        "visible; those who were not may differ."
    ),
    "partly_corrected": lambda _: gettext(
        "The shares of some lessons are corrected for what the network confuses, those of others "
        "are not. Each is compared only with those like it."
    ),
    "other_networks": lambda _: gettext(
        "Not all lessons were read by the same network. Each is compared only with those that its "
        "own network read."
    ),
    "simulated": lambda _: gettext(
        "All of these lessons are simulated: their readings are invented."
    ),
    "partly_simulated": lambda _: gettext(
        "Some lessons are simulated: their readings are invented, and they are compared only with "
        "each other."
    ),
    "noise": lambda _: gettext(
        "Noise is what differences between students explain, allowing for how many differences are "
        "told here. What the network gets wrong is not in it."
    ),
    "lessons_only": lambda _: gettext(
        "Lessons are compared here, never students or teachers. Not for appraisal."
    ),
}


def _write_figures(statement: Statement) -> dict[str, str]:
    """Write the figures as sentences have them: parts of a share as points."""
    figures = statement.figures
    told = {str(name): str(value) for name, value in figures.items()}
    if Figure.SIZE in figures:
        ends = sorted(abs(float(figures[end] or 0)) for end in (Figure.LOW, Figure.HIGH))
        size = abs(float(figures[Figure.SIZE] or 0))
        told |= {"size": _points(size), "low": _points(ends[0]), "high": _points(ends[1])}
    elif Figure.LOW in figures:
        told |= {end: f"{float(figures[Figure(end)] or 0):.0%}"[:-1] for end in ("low", "high")}
    if Figure.SECONDS in figures:
        told["days"] = str(round(float(figures[Figure.SECONDS] or 0) / DAY_S))
    if Figure.WHAT in figures:
        told["change"] = _change(statement)
    return told


def _points(part: float) -> str:
    points = 100 * part
    if points >= 1:
        return f"{points:.0f}"
    return str(format_decimal(points, format="0.0", locale=spoken_locale()))
