"""The moments at which the mood changed beyond noise, as they are told. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from model.emotions import EMOTIONS, Emotion
from server.correction import Estimators
from server.report.breaks import Break, Finding
from server.report.buckets import Buckets
from server.report.difference import Doubt, Mean, compare_means, compare_sights
from server.report.moments import Moment, find_nearest
from server.report.panel import Panel
from server.report.sight import Sight, look
from server.report.spread import level_of
from server.schemas import AlsoChanged, ChangePoint

TOGETHER_SECONDS = 60.0
"""What students say changes so near to the mood is told with it."""


def tell_changes(
    buckets: Buckets,
    mood: tuple[Panel, Finding],
    answers: tuple[Panel, Finding],
    moments: Sequence[Moment],
    estimators: Estimators,
) -> list[ChangePoint]:
    """Return the changes of the mood and of what students said, by time."""
    told = [*_of_mood(buckets, *mood, moments, estimators)]
    for change in _of_answers(*answers, moments):
        near = next(
            (at for at, one in enumerate(told) if _apart(one, change) <= TOGETHER_SECONDS), None
        )
        if near is None:
            told.append(change)
        else:
            also = [AlsoChanged(what=change.what, change=change.change), *change.also]
            told[near] = told[near].model_copy(update={"also": [*told[near].also, *also]})
    return sorted(told, key=lambda one: one.at)


def doubts_of(finding: Finding, looks: int) -> list[Doubt]:
    """Return what makes each share of a panel unsure, where `looks` figures are looked at."""
    return [
        Doubt(float(lasting), float(wandering), level_of(looks))
        for lasting, wandering in zip(finding.lasting, finding.wandering, strict=True)
    ]


def _of_mood(
    buckets: Buckets,
    panel: Panel,
    finding: Finding,
    moments: Sequence[Moment],
    estimators: Estimators,
) -> Iterator[ChangePoint]:
    doubts = doubts_of(finding, len(panel.names))
    ranges = [
        [buckets.between(begin, end)] for one in finding.breaks for begin, end in _sides(panel, one)
    ]
    sights = look(buckets, ranges, estimators)
    for at, one in enumerate(finding.breaks):
        before, after = sights[2 * at], sights[2 * at + 1]
        if before is None or after is None:
            continue
        changed = _of_emotions(one, before, after, doubts)
        if not changed and before.estimate is not None:  # the correction does not fit this class
            as_read = replace(before, estimate=None), replace(after, estimate=None)
            changed = _of_emotions(one, *as_read, doubts)
        yield from _tell(panel, one, [*changed, *_others(panel, one, doubts)], moments)


def _of_emotions(
    one: Break, before: Sight, after: Sight, doubts: Sequence[Doubt]
) -> list[AlsoChanged]:
    """Return the emotions that changed beyond noise."""
    emotions = compare_sights(before, after, list(doubts[: len(EMOTIONS)]))
    return [
        AlsoChanged(what=str(emotion), change=emotions[emotion])
        for k, emotion in enumerate(EMOTIONS)
        if one.scores[k] >= 1 and emotions[emotion].beyond_noise
    ]


def _of_answers(panel: Panel, finding: Finding, moments: Sequence[Moment]
) -> Iterator[ChangePoint]:  # fmt: skip
    doubts = doubts_of(finding, len(panel.names))
    for one in finding.breaks:
        yield from _tell(panel, one, _others(panel, one, doubts), moments)


def _others(panel: Panel, one: Break, doubts: Sequence[Doubt]) -> list[AlsoChanged]:
    """Return what changed beyond noise beside the emotions."""
    found: list[AlsoChanged] = []
    for k, name in enumerate(panel.names):
        if name in EMOTIONS or one.scores[k] < 1:
            continue
        means = [
            Mean(
                float(panel.values[first:last, k].mean()),
                float(panel.students[first:last, k].max()),
                float((panel.ends[first:last] - panel.starts[first:last]).sum()),
            )
            for first, last in ((one.first, one.at), (one.at, one.last))
        ]
        change = compare_means(means[0], means[1], doubts[k])
        if change.beyond_noise:
            found.append(AlsoChanged(what=name, change=change))
    return found


def _tell(
    panel: Panel, one: Break, changed: Sequence[AlsoChanged], moments: Sequence[Moment]
) -> Iterator[ChangePoint]:
    """Tell a change; what leaves neutral goes to something else, which says more."""
    if not changed:
        return
    ordered = sorted(
        changed, key=lambda each: (each.what == Emotion.NEUTRAL, -abs(each.change.size))
    )
    (begin, at), (_, end) = _sides(panel, one)
    near = find_nearest(moments, at)
    yield ChangePoint(
        at=datetime.fromtimestamp(at, UTC),
        what=ordered[0].what,
        change=ordered[0].change,
        also=ordered[1:],
        before_s=at - begin,
        after_s=end - at,
        near=near.title if near else None,
        near_s=round(at - near.at, 3) if near else None,
    )


def _sides(panel: Panel, one: Break) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return begin and end of what is compared before a change, and after it."""
    at = float(panel.starts[one.at])
    return (float(panel.starts[one.first]), at), (at, float(panel.ends[one.last - 1]))


def _apart(one: ChangePoint, other: ChangePoint) -> float:
    return abs((one.at - other.at).total_seconds())
