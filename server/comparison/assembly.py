"""A comparison, put together: reports in, what is told out. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from model.emotions import Emotion
from server.comparison.alignment import (
    align_by_time,
    align_by_title,
    choose_step,
    shared_titles,
)
from server.comparison.lesson import Lesson
from server.comparison.noise import (
    compare_with_rest,
    count_comparisons,
    find_trend,
    read_estimates,
)
from server.comparison.sentences import say
from server.comparison.statements import state
from server.schemas import (
    ComparedSegment,
    ComparedSession,
    Comparison,
    Difference,
    LeftOut,
    Report,
    Stretch,
)

AlignedBy = Literal["time", "segment"]
_Differences = dict[Emotion, Difference]
_Kind = tuple[bool, tuple[str, ...], bool]


def compare(
    lessons: Sequence[Lesson],
    *,
    course: str | None,
    aligned_by: AlignedBy,
    left_out: Sequence[LeftOut] = (),
) -> Comparison:
    """Return what reports tell beside each other, its sentences in the language spoken.

    lessons: of any order; each tells shares of its whole lesson.
    """
    lessons = sorted(lessons, key=_by_start)
    reports = [lesson.report for lesson in lessons]
    kinds = [_kind_of(report) for report in reports]
    step = choose_step(lessons)
    titles = shared_titles(reports)
    differences = _compare_wholes(reports, kinds)
    segments = _compare_segments(reports, kinds, titles) if aligned_by == "segment" else {}
    sessions = [
        _tell(
            report,
            number=at + 1,
            against_rest=differences.get(at),
            series=align_by_time(lessons[at], step) if aligned_by == "time" else [],
            segments=segments.get(at, []),
        )
        for at, report in enumerate(reports)
    ]
    trend = _find_trend(reports, kinds)
    return Comparison(
        course=course,
        aligned_by=aligned_by,
        step_s=step,
        sessions=sessions,
        trend=trend,
        segment_titles=titles,
        left_out=list(left_out),
        statements=[say(statement) for statement in state(sessions, trend)],
    )


def _by_start(lesson: Lesson) -> tuple[datetime, str]:
    return lesson.report.session.started_at, lesson.report.session.session_id


def _kind_of(report: Report) -> _Kind:
    """Tell what has to be the same of two lessons for a difference to be between the lessons."""
    told = report.session
    return report.corrected, tuple(told.network_versions), told.simulated


def _groups(kinds: Mapping[int, _Kind]) -> list[list[int]]:
    """Return which are alike, those that are alone left out."""
    alike: defaultdict[_Kind, list[int]] = defaultdict(list)
    for at, kind in kinds.items():
        alike[kind].append(at)
    return [group for group in alike.values() if len(group) > 1]


def _compare_wholes(reports: Sequence[Report], kinds: Sequence[_Kind]) -> dict[int, _Differences]:
    groups = _groups(dict(enumerate(kinds)))
    comparisons = sum(count_comparisons(len(group)) for group in groups)
    found: dict[int, _Differences] = {}
    for group in groups:
        told = compare_with_rest(read_estimates([reports[at].whole for at in group]), comparisons)
        found |= dict(zip(group, told, strict=True))
    return found


def _compare_segments(
    reports: Sequence[Report], kinds: Sequence[_Kind], titles: Sequence[str]
) -> dict[int, list[ComparedSegment]]:
    """Return what each report shows under the titles, compared with those that are like it."""
    shown = [align_by_title(report, titles) for report in reports]
    groups = [
        (title, group)
        for title in titles
        for group in _groups({at: kinds[at] for at, own in enumerate(shown) if _tells(own, title)})
    ]
    comparisons = sum(count_comparisons(len(group)) for _, group in groups)
    found: dict[tuple[int, str], _Differences] = {}
    for title, group in groups:
        told = compare_with_rest(read_estimates([shown[at][title] for at in group]), comparisons)
        found |= {(at, title): one for at, one in zip(group, told, strict=True)}
    return {
        at: [
            ComparedSegment(**dict(own[title]), title=title, against_rest=found.get((at, title)))
            for title in titles
            if title in own
        ]
        for at, own in enumerate(shown)
    }


def _tells(own: Mapping[str, Stretch], title: str) -> bool:
    return title in own and own[title].shares is not None


def _find_trend(reports: Sequence[Report], kinds: Sequence[_Kind]) -> _Differences | None:
    """Return the trend of all, none where they were not all read alike."""
    if len(set(kinds)) != 1:
        return None
    began = [report.session.started_at for report in reports]
    return find_trend(read_estimates([report.whole for report in reports]), began)


def _tell(
    report: Report,
    *,
    number: int,
    against_rest: _Differences | None,
    series: list[Stretch],
    segments: list[ComparedSegment],
) -> ComparedSession:
    told = report.session
    return ComparedSession(
        session_id=told.session_id,
        number=number,
        title=told.title,
        course=told.course,
        origin=told.origin,
        simulated=told.simulated,
        corrected=report.corrected,
        network_versions=told.network_versions,
        started_at=told.started_at,
        ended_at=told.ended_at,
        whole=report.whole,
        against_rest=against_rest,
        series=series,
        segments=segments,
    )
