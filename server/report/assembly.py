"""The report of a session, put together: material in, figures out. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from math import ceil, inf

from model.emotions import EMOTIONS
from server.report.breaks import find_breaks
from server.report.buckets import Buckets
from server.report.changes import doubts_of, tell_changes
from server.report.difference import Doubt
from server.report.material import Material
from server.report.moments import divide, list_moments
from server.report.panel import watch_answers, watch_mood
from server.report.sayings import ToldSayings, gather_sayings
from server.report.segments import tell_segments
from server.report.sight import Sight, look
from server.report.spread import LEVEL, Spread
from server.report.statements import make_statements
from server.report.stretches import Cell, Teller, choose_step, cut_series, see_cells
from server.schemas import (
    ChangePoint,
    Gap,
    MarkerKind,
    Report,
    ReportSession,
    SessionOrigin,
    Stretch,
)


def assemble(material: Material, *, now: datetime) -> Report:
    """Return everything a report tells; `text` of statements is empty, `words` fills it in.

    Raises `ValueError` where the session still runs.
    """
    stored = material.session
    buckets = Buckets.gather(material.tallies, stored.bucket_seconds)
    begin, end = _find_edges(material, buckets)
    cells = cut_series(buckets, begin, end, choose_step(end - begin, stored.bucket_seconds))
    slices = see_cells(buckets, cells)
    everything = [part for one in slices for part in one]
    whole, *sights = look(buckets, [everything, *slices], material.estimators)
    spread, sayings = Spread.learn(buckets), gather_sayings(material.answers)
    teller = Teller(
        buckets,
        spread,
        material.attendance,
        ToldSayings(sayings),
        material.profile,
        begin,
        end,
    )
    told_whole = teller.tell_whole(whole)
    panel, said = watch_mood(buckets, spread, material.attendance), watch_answers(sayings)
    found = find_breaks(panel)
    doubts = doubts_of(found, 1)[: len(EMOTIONS)] or [Doubt(1.0, 0.0, LEVEL)] * len(EMOTIONS)
    changes = tell_changes(
        buckets,
        (panel, found),
        (said, find_breaks(said)),
        list_moments(material),
        material.estimators,
    )
    between = _look_between(material, buckets, list(zip(cells, slices, strict=True)), changes)
    series = teller.tell_series(cells, sights, between)
    told = Report(
        version=1,
        made_at=now,
        session=_tell_session(material),
        corrected=buckets.version in material.estimators,
        whole=told_whole,
        series=series,
        changes=changes,
        segments=tell_segments(buckets, divide(material), teller, doubts, material.estimators),
        gaps=_find_gaps(series) if stored.camera else [],
        markers=[one for one in material.markers if one.kind is not MarkerKind.NOTE],
        notes=[one for one in material.markers if one.kind is MarkerKind.NOTE],
        outline=list(material.outline),
        transcript=list(material.transcript),
        engagement_profile=material.profile,
        statements=[],
    )
    return told.model_copy(update={"statements": make_statements(told)})


def _look_between(
    material: Material,
    buckets: Buckets,
    pieces: Sequence[tuple[Cell, Sequence[slice]]],
    changes: Sequence[ChangePoint],
) -> list[tuple[float, float, Sight | None]]:
    """Return what was seen between the changes, as far as it is told, from begin to end."""
    edges = [-inf, *sorted({one.at.timestamp() for one in changes}), inf]
    ranges = [
        [part for cell, parts in pieces if first <= sum(cell) / 2 < last for part in parts]
        for first, last in pairwise(edges)
    ]
    begin, end = pieces[0][0][0], pieces[-1][0][1]
    return [
        (max(first, begin), min(last, end), sight)
        for (first, last), sight in zip(
            pairwise(edges), look(buckets, ranges, material.estimators), strict=True
        )
    ]


def _find_edges(material: Material, buckets: Buckets) -> tuple[int, int]:
    """Return the lesson's begin and end on the edges of buckets, all that was counted in it."""
    step = material.session.bucket_seconds
    begin = int(material.started_at.timestamp()) // step * step
    end = max(ceil(material.ended_at.timestamp() / step) * step, begin + step)
    if len(buckets.starts):
        begin = min(begin, int(buckets.starts[0]))
        end = max(end, int(buckets.starts[-1]) + step)
    return begin, end


def _find_gaps(series: Sequence[Stretch]) -> list[Gap]:
    """Return stretches of which nothing can be told, neighbours together."""
    gaps: list[Gap] = []
    open_gap = False
    for one in series:
        if one.enough:
            open_gap = False
            continue
        if open_gap:
            last = gaps[-1]
            gaps[-1] = Gap(
                start=last.start,
                seconds=last.seconds + one.seconds,
                visible=max(last.visible, one.visible),
            )
        else:
            gaps.append(Gap(start=one.start, seconds=one.seconds, visible=one.visible))
        open_gap = True
    return gaps


def _tell_session(material: Material) -> ReportSession:
    stored = material.session
    return ReportSession(
        session_id=stored.id,
        title=stored.title,
        course=stored.course,
        origin=SessionOrigin(stored.origin),
        simulated=stored.simulated,
        camera=stored.camera,
        self_report=stored.self_report,
        expected_students=stored.expected_students,
        started_at=material.started_at.astimezone(UTC),
        ended_at=material.ended_at.astimezone(UTC),
        joined=stored.joined,
        network_versions=sorted({tally.network_version for tally in material.tallies}),
    )
