"""What a comparison says: the figures of each sentence, and only where they support it. Pure.

`sentences` has the words. Differences are told as the tables have them, so what is said is beyond
noise for all that is compared, not only for itself.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from model.emotions import Emotion
from server.schemas import ComparedSession, Difference, Figure, Statement

MOST_SAID = 5
"""So many differences are said in words, the largest first; the others stand in the table."""
LEAST_COMPARED = 2

_Section = Literal["whole", "changes", "segments", "visible", "limits"]
_Figures = dict[Figure, str | float | int | None]
_Found = tuple[ComparedSession, str | None, Emotion, Difference]


def state(
    sessions: Sequence[ComparedSession], trend: dict[Emotion, Difference] | None
) -> list[Statement]:
    """Return all statements, in the order they are read; `text` is empty."""
    if len(sessions) < LEAST_COMPARED:
        return [_statement("whole", "too_few", {Figure.NUMBER: len(sessions)}), *_limits(sessions)]
    told = [*_state_differences(sessions), *_state_trend(sessions, trend)]
    told.sort(key=lambda statement: statement.key.startswith("no"))  # what is there comes first
    return [
        *told,
        *_state_segments(sessions),
        *_state_visible(sessions),
        *_limits(sessions),
    ]


def _state_differences(sessions: Sequence[ComparedSession]) -> list[Statement]:
    compared = [each for each in sessions if each.against_rest is not None]
    if not compared:
        return [_statement("whole", "nothing_alike", {})]
    found = _largest_first(
        (each, None, emotion, difference)
        for each in compared
        for emotion, difference in (each.against_rest or {}).items()
    )
    if not found:
        return [_statement("whole", "no_difference", {Figure.NUMBER: len(compared)})]
    if len(sessions) == LEAST_COMPARED:  # what one has more of, the other has less of
        found = [one for one in found if one[0] is sessions[-1]]
    return _tell("whole", "session", found)


def _state_segments(sessions: Sequence[ComparedSession]) -> list[Statement]:
    told = [
        (each, segment) for each in sessions for segment in each.segments if segment.against_rest
    ]
    if not told:
        return []
    found = _largest_first(
        (each, segment.title, emotion, difference)
        for each, segment in told
        for emotion, difference in (segment.against_rest or {}).items()
    )
    titles = {segment.title for _, segment in told}
    if not found:
        return [_statement("segments", "no_segment_difference", {Figure.NUMBER: len(titles)})]
    if len(sessions) == LEAST_COMPARED:
        found = [one for one in found if one[0] is sessions[-1]]
    return _tell("segments", "segment", found)


def _state_trend(
    sessions: Sequence[ComparedSession], trend: dict[Emotion, Difference] | None
) -> list[Statement]:
    if trend is None:
        return []
    days = (sessions[-1].started_at - sessions[0].started_at).days
    beyond = [(emotion, change) for emotion, change in trend.items() if change.beyond_noise]
    if not beyond:
        return [_statement("changes", "no_trend", {Figure.NUMBER: len(sessions)})]
    beyond.sort(key=lambda one: -abs(one[1].size))
    return [
        _statement(
            "changes",
            "trend_up" if change.size > 0 else "trend_down",
            {
                Figure.WHAT: emotion,
                Figure.NUMBER: len(sessions),
                Figure.SECONDS: days * 86_400,
                **_write(change),
            },
        )
        for emotion, change in beyond
    ]


def _state_visible(sessions: Sequence[ComparedSession]) -> list[Statement]:
    covered = [each.whole.coverage for each in sessions if each.whole.coverage is not None]
    if len(covered) < len(sessions):
        return []
    ends: _Figures = {Figure.LOW: min(covered), Figure.HIGH: max(covered)}
    alike = round(100 * min(covered)) == round(100 * max(covered))
    return [_statement("visible", "coverage_alike" if alike else "coverage", ends)]


def _limits(sessions: Sequence[ComparedSession]) -> list[Statement]:
    """Return what has to be known to read it: what is not alike, what is invented, what for."""
    keys: list[str] = []
    if len({each.corrected for each in sessions}) > 1:
        keys.append("partly_corrected")
    if len({tuple(each.network_versions) for each in sessions}) > 1:
        keys.append("other_networks")
    simulated = sum(each.simulated for each in sessions)
    if simulated:
        keys.append("simulated" if simulated == len(sessions) else "partly_simulated")
    if len(sessions) >= LEAST_COMPARED:
        keys.append("noise")
    return [_statement("limits", key, {}) for key in [*keys, "lessons_only"]]


def _largest_first(told: Iterable[_Found]) -> list[_Found]:
    return sorted((one for one in told if one[3].beyond_noise), key=lambda one: -abs(one[3].size))


def _tell(section: _Section, key: str, found: Sequence[_Found]) -> list[Statement]:
    said = [
        _statement(
            section,
            f"{key}_more" if difference.size > 0 else f"{key}_less",
            {
                Figure.NUMBER: session.number,
                Figure.TITLE: session.title,
                Figure.NEAR: title,
                Figure.WHAT: emotion,
                **_write(difference),
            },
        )
        for session, title, emotion, difference in found[:MOST_SAID]
    ]
    more = len(found) - len(said)
    return [*said, _statement(section, "further", {Figure.NUMBER: more})] if more else said


def _write(difference: Difference) -> _Figures:
    return {
        Figure.SIZE: difference.size,
        Figure.LOW: difference.low,
        Figure.HIGH: difference.high,
    }


def _statement(section: _Section, key: str, figures: _Figures) -> Statement:
    return Statement(section=section, key=key, figures=figures, text="")
