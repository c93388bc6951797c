"""What a report says in sentences: which ones, and the figures of each. `words` words them. Pure.

A statement that the figures do not support is not there. Made from the told figures alone, so that
no sentence says more than the tables.
"""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Literal

from model.emotions import Emotion
from server.schemas import (
    ENOUGH_STUDENTS,
    ChangePoint,
    Difference,
    Figure,
    Report,
    Segment,
    SelfReportAnswer,
    Share,
    Statement,
)

MOST_CHANGES, MOST_SEGMENTS = 10, 6
"""So many changes and segments are said in sentences, the largest; all stand in the tables."""
JUST_SECONDS = 5.0
"""So near to something, a change came as it began: its time is known no better."""
LOOKED_SECONDS = 300.0
"""Of a lesson of which less can be told it is not said that nothing changed."""
GAP_SECONDS = 30.0
"""Shorter ones, as at the beginning while students join, are in the table only."""
MOSTLY = 0.5
MUCH = 0.5
"""Where less of the lesson could be looked at, it is said beside how the lesson was."""

Figures = dict[Figure, str | float | int | None]
Part = Literal["whole", "changes", "segments", "visible", "said", "limits"]


def make_statements(report: Report) -> list[Statement]:
    """Return the statements of a report in the order they are read, without texts."""
    return [
        *_of_whole(report),
        *_of_changes(report),
        *_of_segments(report),
        *_of_visible(report),
        *_of_said(report),
        *_of_limits(report),
    ]


def _say(section: Part, key: str, figures: Mapping[Figure, str | float | int | None] | None = None,
) -> Statement:  # fmt: skip
    return Statement(section=section, key=key, figures=dict(figures or {}), text="")


def _interval(told: Share | Difference) -> Figures:
    return {Figure.LOW: told.low, Figure.HIGH: told.high}


def _of_whole(report: Report) -> Iterator[Statement]:
    whole = report.whole
    if whole.shares is None:
        yield from _of_nothing(report)
        return
    first, second = sorted(whole.shares, key=lambda e: -whole.shares[e].share)[:2]  # type: ignore[index]
    told = whole.shares[first]
    figures: Figures = {Figure.WHAT: str(first), Figure.SHARE: told.share, **_interval(told)}
    if told.share >= MOSTLY:
        yield _say("whole", "mostly", figures)
    else:
        yield _say("whole", "mixed", figures | {Figure.NEAR: str(second)})
    looked, lasted = _count_looked(report), sum(one.seconds for one in report.series)
    if looked < MUCH * lasted:
        yield _say("whole", "only_of", {Figure.SECONDS: looked, Figure.NEEDED: lasted})
    if whole.turned is not None:
        share = whole.turned
        yield _say("whole", "turned", {Figure.SHARE: share.share, **_interval(share)})


def _of_nothing(report: Report) -> Iterator[Statement]:
    whole, needed = report.whole, {Figure.NEEDED: ENOUGH_STUDENTS}
    if not report.session.camera:
        yield _say("whole", "no_camera")
    elif not report.session.network_versions:
        yield _say("whole", "no_pictures")
    elif whole.visible >= ENOUGH_STUDENTS:
        yield _say("whole", "too_little")
    else:
        yield _say("whole", "never_enough", {Figure.VISIBLE: whole.visible, **needed})


def _of_changes(report: Report) -> Iterator[Statement]:
    if report.changes:
        largest = sorted(report.changes, key=lambda one: -abs(one.change.size))[:MOST_CHANGES]
        for change in sorted(largest, key=lambda one: one.at):
            yield _of_change(change)
        if len(report.changes) > MOST_CHANGES:
            left = len(report.changes) - MOST_CHANGES
            yield _say("changes", "smaller_changes", {Figure.NUMBER: left})
        return
    looked = _count_looked(report)
    if looked >= LOOKED_SECONDS:
        yield _say("changes", "no_change", {Figure.SECONDS: looked})
    elif looked:
        yield _say("changes", "too_short", {Figure.SECONDS: looked, Figure.NEEDED: LOOKED_SECONDS})


def _count_looked(report: Report) -> float:
    return sum(one.seconds for one in report.series if one.enough)


def _of_change(change: ChangePoint) -> Statement:
    figures: Figures = {
        Figure.WHAT: change.what,
        Figure.AT: change.at.isoformat(),
        Figure.SIZE: change.change.size,
        **_interval(change.change),
    }
    if change.near is None or change.near_s is None:
        return _say("changes", "change", figures)
    near: Figures = {Figure.NEAR: change.near, Figure.SECONDS: abs(change.near_s)}
    key = "change_after" if change.near_s >= 0 else "change_before"
    if abs(change.near_s) <= JUST_SECONDS:
        key = "change_at"
    return _say("changes", key, figures | near)


def _of_segments(report: Report) -> Iterator[Statement]:
    compared = [one for one in report.segments if one.against_rest is not None]
    differing = [(one, what) for one in compared if (what := _most_different(one)) is not None]
    ordered = sorted(differing, key=lambda each: -abs(_difference(*each).size))[:MOST_SEGMENTS]
    for segment, what in sorted(ordered, key=lambda each: each[0].start):
        told = _difference(segment, what)
        figures: Figures = {Figure.WHAT: str(what), Figure.SIZE: told.size, **_interval(told)}
        if segment.title:
            yield _say("segments", "segment", figures | {Figure.TITLE: segment.title})
        else:
            following = report.segments[report.segments.index(segment) + 1].title
            yield _say("segments", "segment_first", figures | {Figure.TITLE: following})
    if len(compared) > 1 and not differing:
        yield _say("segments", "segments_alike", {Figure.NUMBER: len(compared)})
    left = sum(not one.enough for one in report.segments)
    if left and report.whole.enough:
        all_of_them: Figures = {Figure.NUMBER: left, Figure.NEEDED: len(report.segments)}
        yield _say("segments", "segments_not_told", all_of_them)


def _most_different(segment: Segment) -> Emotion | None:
    """Return what differs most beyond noise; neutral only where nothing else does."""
    found = [emotion for emotion, told in (segment.against_rest or {}).items() if told.beyond_noise]
    telling = [emotion for emotion in found if emotion is not Emotion.NEUTRAL] or found
    return max(telling, key=lambda e: abs(_difference(segment, e).size), default=None)


def _difference(segment: Segment, what: Emotion) -> Difference:
    assert segment.against_rest is not None  # noqa: S101 - only such are looked at
    return segment.against_rest[what]


def _of_visible(report: Report) -> Iterator[Statement]:
    whole, session = report.whole, report.session
    if not session.camera or not session.network_versions:
        return
    usual = round(median(one.visible for one in report.series))
    figures: Figures = {Figure.NUMBER: usual, Figure.VISIBLE: whole.visible}
    if session.expected_students:
        yield _say("visible", "of_expected", figures | {Figure.STUDENTS: session.expected_students})
    elif session.joined:
        yield _say("visible", "of_joined", figures | {Figure.STUDENTS: session.joined})
    else:
        yield _say("visible", "visible", figures)
    if not report.gaps and whole.enough:
        yield _say("visible", "no_gap")
        return
    lost = sum(one.seconds for one in report.gaps)
    if whole.enough and lost >= GAP_SECONDS:
        longest = max(report.gaps, key=lambda one: one.seconds)
        yield _say(
            "visible",
            "gap" if len(report.gaps) == 1 else "gaps",
            {
                Figure.NUMBER: len(report.gaps),
                Figure.SECONDS: lost,
                Figure.AT: longest.start.isoformat(),
            },
        )


def _of_said(report: Report) -> Iterator[Statement]:
    whole = report.whole
    if not report.session.self_report:
        return
    if whole.answers is not None:
        for answer in _worth_saying(whole.answers):
            told = whole.answers[answer]
            yield _say(
                "said",
                "said",
                {Figure.WHAT: str(answer), Figure.SHARE: told.share, **_interval(told)},
            )
        yield _say("said", "said_by", {Figure.STUDENTS: whole.said})
    elif whole.said >= ENOUGH_STUDENTS:
        yield _say("said", "said_too_briefly", {Figure.STUDENTS: whole.said})
    elif whole.said:
        few: Figures = {Figure.STUDENTS: whole.said, Figure.NEEDED: ENOUGH_STUDENTS}
        yield _say("said", "said_by_few", few)
    else:
        yield _say("said", "said_nothing")


def _worth_saying(answers: Mapping[SelfReportAnswer, Share]) -> Sequence[SelfReportAnswer]:
    """Return the answers that were given, the most frequent first."""
    given = [answer for answer, told in answers.items() if told.share > 0]
    return sorted(given, key=lambda answer: -answers[answer].share)


def _of_limits(report: Report) -> Iterator[Statement]:
    yield _say("limits", "not_feelings")
    yield _say("limits", "not_for_grading")
    if report.session.simulated:
        yield _say("limits", "simulated")
    if report.whole.shares is not None:
        yield _say("limits", "not_visible")
        yield _say("limits", "corrected" if report.corrected else "not_corrected")
        yield _say("limits", "steps")
