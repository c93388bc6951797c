"""The report of a session, put together: material in, figures out. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import ceil

from server.report.buckets import Buckets
from server.report.material import Material
from server.report.sayings import ToldSayings, gather_sayings
from server.report.sight import look
from server.report.spread import Spread
from server.report.stretches import Teller, choose_step, cut_series, see_cells
from server.schemas import Gap, MarkerKind, Report, ReportSession, SessionOrigin, Stretch


def assemble(material: Material, *, now: datetime) -> Report:
    """Return everything a report tells; `text` of statements is empty, `words` fills it in.

    Raises `ValueError` where the session still runs.
    """
    stored = material.session
    buckets = Buckets.gather(material.tallies, stored.bucket_seconds)
    begin, end = _find_edges(material, buckets)
    cells = cut_series(buckets, begin, end, choose_step(end - begin, stored.bucket_seconds))
    slices = see_cells(buckets, cells)
    told = [one for one in slices if one]
    whole, *sights = look(
        buckets, [[part for one in told for part in one], *slices], material.estimators
    )
    teller = Teller(
        buckets,
        Spread.learn(buckets),
        material.attendance,
        ToldSayings(gather_sayings(material.answers)),
        material.profile,
        begin,
        end,
    )
    told_whole = teller.tell_whole(whole)
    series = teller.tell_series(cells, sights)
    return Report(
        version=1,
        made_at=now,
        session=_tell_session(material),
        corrected=buckets.version in material.estimators,
        whole=told_whole,
        series=series,
        changes=[],
        segments=[],
        gaps=_find_gaps(series) if stored.camera else [],
        markers=[one for one in material.markers if one.kind is not MarkerKind.NOTE],
        notes=[one for one in material.markers if one.kind is MarkerKind.NOTE],
        outline=list(material.outline),
        transcript=list(material.transcript),
        engagement_profile=material.profile,
        statements=[],
    )


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
