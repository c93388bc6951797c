"""Sessions laid on one axis: by the time since their start, or by titles that they share. Pure."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, TypeVar

import numpy as np
from pydantic import TypeAdapter

from model.emotions import EMOTIONS
from server.comparison.lesson import ENDS, Lesson, Piece
from server.schemas import Engagement, Report, Share, Stretch
from server.tally import Doubles

STEPS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600)
"""Seconds a step may have; beyond, whole hours."""
MOST_STEPS = 60

_Told = TypeVar("_Told")
_STRETCHES = TypeAdapter(list[Stretch])


def choose_step(lessons: Sequence[Lesson]) -> float:
    """Return seconds: no finer than any report's stretches, and at most 60 to the longest one."""
    longest = max((lesson.seconds for lesson in lessons), default=0.0)
    finest = max((_finest(lesson) for lesson in lessons), default=1.0)
    least = max(longest / MOST_STEPS, finest)
    return float(next((step for step in STEPS if step >= least), -(-least // 3600) * 3600))


def align_by_time(lesson: Lesson, step: float) -> list[Stretch]:
    """Return the report's stretches joined in steps of `step` seconds since its start.

    A stretch belongs to the step its middle is in; one that is longer stands for itself. What
    does not stand beside others is left out of them: turned faces, engagement and answers.
    """
    cells = groupby(lesson.series, key=lambda piece: (piece.since + piece.seconds / 2) // step)
    start = lesson.report.session.started_at
    joined = [_join_pieces(list(parts), start) for _, parts in cells]
    return _STRETCHES.validate_python(joined)


def name_segment(title: str) -> str:
    """Return the title as titles are compared: without letter case and spaces around or doubled."""
    return " ".join(title.casefold().split())


def shared_titles(reports: Sequence[Report]) -> list[str]:
    """Return the titles that two of the reports share at least, by where in the lesson they are.

    Each is written as the first report has it.
    """
    written: dict[str, str] = {}
    places: defaultdict[str, list[float]] = defaultdict(list)
    for report in reports:
        length = (report.session.ended_at - report.session.started_at).total_seconds()
        own: dict[str, float] = {}
        for segment in report.segments:
            written.setdefault(name_segment(segment.title), segment.title.strip())
            since = (segment.start - report.session.started_at).total_seconds()
            own.setdefault(name_segment(segment.title), since / max(length, 1.0))
        for name, place in own.items():
            places[name].append(place)
    shared = [name for name, found in places.items() if len(found) > 1]
    return [written[name] for name in sorted(shared, key=lambda n: (np.mean(places[n]), n))]


def align_by_title(report: Report, titles: Sequence[str]) -> dict[str, Stretch]:
    """Return what the report shows under each title it has; several of one are joined."""
    found: dict[str, Stretch] = {}
    for title in titles:
        name = name_segment(title)
        own = [segment for segment in report.segments if name_segment(segment.title) == name]
        if own:
            found[title] = join_stretches(own)
    return found


def join_stretches(parts: Sequence[Stretch]) -> Stretch:
    """Return one stretch for several of one session, oldest first and not none.

    Its shares are the means of theirs, weighed by time and students; so are the ends of their
    intervals, because they are of the same students and nothing becomes surer by being repeated.
    """
    fullest = max(parts, key=lambda part: part.visible)
    seconds = [part.seconds for part in parts]
    weights = [part.seconds * max(part.visible, 1) for part in parts]
    said = [part.seconds * max(part.said, 1) for part in parts]
    return Stretch(
        start=parts[0].start,
        seconds=sum(seconds),
        enough=any(part.enough for part in parts),
        visible=fullest.visible,
        present=max(part.present for part in parts),
        coverage=fullest.coverage,
        shares=_join_each([part.shares for part in parts], weights),
        turned=_join([part.turned for part in parts], weights),
        engagement=_join_engagement([part.engagement for part in parts], weights),
        said=max(part.said for part in parts),
        answers=_join_each([part.answers for part in parts], said),
    )


def _finest(lesson: Lesson) -> float:
    """Return the length of the report's own step; its last stretch may be shorter."""
    inner = lesson.series[:-1] or lesson.series
    return min((piece.seconds for piece in inner), default=1.0)


def _join_pieces(parts: Sequence[Piece], start: datetime) -> dict[str, Any]:
    """Return the fields of the stretch that several pieces are; see `join_stretches`."""
    fullest = max(parts, key=lambda part: part.visible)
    known = [(each.shares, each.seconds * max(each.visible, 1)) for each in parts if each.shares]
    shares = None
    if known:
        means = _mean_of(np.array([told for told, _ in known]), [weight for _, weight in known])
        told = [dict(zip(ENDS, ends, strict=True)) for ends in means.tolist()]
        shares = dict(zip(EMOTIONS, told, strict=True))
    return {
        "start": start + timedelta(seconds=parts[0].since),
        "seconds": sum(part.seconds for part in parts),
        "enough": shares is not None,
        "visible": fullest.visible,
        "present": max(part.present for part in parts),
        "coverage": fullest.coverage,
        "shares": shares,
        "turned": None,
        "engagement": None,
        "said": max(part.said for part in parts),
        "answers": None,
    }


def _join_each(
    told: Sequence[dict[_Told, Share] | None], weights: Sequence[float]
) -> dict[_Told, Share] | None:
    known = [(shares, weight) for shares, weight in zip(told, weights, strict=True) if shares]
    if len(known) < 2:
        return known[0][0] if known else None
    which = list(known[0][0])
    ends = np.array([[(s[w].share, s[w].low, s[w].high) for w in which] for s, _ in known])
    means = _mean_of(ends, [weight for _, weight in known])
    return {
        each: Share(share=share, low=low, high=high)
        for each, (share, low, high) in zip(which, means.tolist(), strict=True)
    }


def _join(told: Sequence[Share | None], weights: Sequence[float]) -> Share | None:
    ends = _join_ends(told, weights, lambda share: (share.share, share.low, share.high))
    return ends and Share(share=ends[0], low=ends[1], high=ends[2])


def _join_engagement(
    told: Sequence[Engagement | None], weights: Sequence[float]
) -> Engagement | None:
    ends = _join_ends(told, weights, lambda one: (one.engagement, one.low, one.high))
    return ends and Engagement(engagement=ends[0], low=ends[1], high=ends[2])


def _join_ends(
    told: Sequence[_Told | None],
    weights: Sequence[float],
    read: Callable[[_Told], tuple[float, float, float]],
) -> tuple[float, float, float] | None:
    known = [(read(one), w) for one, w in zip(told, weights, strict=True) if one is not None]
    if not known:
        return None
    middle, low, high = _mean_of(
        np.array([ends for ends, _ in known]), [weight for _, weight in known]
    ).tolist()
    return middle, low, high


def _mean_of(values: Doubles, weights: Sequence[float]) -> Doubles:
    """Return the mean over the first axis, with as many digits as are worth sending."""
    means: Doubles = np.tensordot(weights, values, axes=1) / sum(weights)
    return means.clip(0, 1).round(6)
