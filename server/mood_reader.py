"""Puts the mood of one session together from what the store has."""

import math
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection

from server.attendance import Attendance
from server.correction import Described, Estimators
from server.engagement import read_profile
from server.mood import finish_points, gather_now, gather_series
from server.schemas import (
    SELF_REPORT_SECONDS,
    Mood,
    SelfReportPoint,
    Session,
)
from server.self_report import count_answers, tell_now, tell_series
from server.store.attendance import read_attendance
from server.store.markers import list_markers
from server.store.outlines import read_outline
from server.store.self_reports import read_folded_answers, read_open_answers
from server.store.sessions import StoredSession, find_session
from server.store.tallies import read_folded_tallies, read_open_tallies, read_tallies

NOW_SECONDS = 10
"""Least length of the whole buckets in “now”: every student's frame, one in 2 s, is in them."""


def read_mood(
    db: Connection,
    session_id: str,
    *,
    now: float,
    bucket_seconds: int | None,
    since: datetime | None,
    tell: Callable[[StoredSession], Session],
    estimators: Estimators,
) -> Mood:
    """Read series and now of one session. `now` in Unix seconds. Raises `SessionNotFound`."""
    stored = find_session(db, session_id)
    attendance = read_attendance(db, stored)
    profile = read_profile(stored.engagement_profile)
    wanted = _round_up(bucket_seconds, stored.bucket_seconds)
    tallies = read_tallies(db, session_id, _start_of(since, wanted))
    buckets = gather_series(tallies, bucket_seconds=wanted, attendance=attendance)
    last = _gather_now(db, stored, now=now, attendance=attendance)
    told_now, *series = finish_points([last, *buckets], profile, estimators)
    return Mood(
        session=tell(stored),
        now=told_now,
        series=series,
        self_report_now=_tell_self_report_now(db, stored, now) if stored.self_report else None,
        self_reports=_tell_self_reports(db, session_id, bucket_seconds, since),
        markers=list_markers(db, session_id),
        outline=read_outline(db, session_id),
        engagement_profile=profile,
        network_versions=sorted({tally.network_version for tally in tallies}),
    )


def _gather_now(
    db: Connection, stored: StoredSession, *, now: float, attendance: Attendance
) -> Described:
    """Gather the last seconds: the bucket that is open, and whole ones before it.

    What lies ahead was left by a clock that has been set back since, and is not now.
    """
    step = stored.bucket_seconds
    before = math.ceil(NOW_SECONDS / step) * step
    open_start = _last_second(stored, now) // step * step
    start = open_start - before
    still_open = [
        [each for each in own if each.bucket_start <= open_start]
        for own in read_open_tallies(db, stored.id, start)
    ]
    folded = read_folded_tallies(db, stored.id, start)
    return gather_now(
        [own for own in still_open if own],
        [each for each in folded if each.bucket_start <= open_start],
        start=start,
        seconds=before + step,
        attendance=attendance,
    )


def _tell_self_report_now(db: Connection, stored: StoredSession, now: float) -> SelfReportPoint:
    """Tell the bucket of self-reports that is open and the one before."""
    step = SELF_REPORT_SECONDS
    open_start = _last_second(stored, now) // step * step
    start = open_start - step
    still_open = [
        {begun: answer for begun, answer in own.items() if begun <= open_start}
        for own in read_open_answers(db, stored.id, start)
    ]
    folded = read_folded_answers(db, stored.id, start)
    return tell_now(
        [own for own in still_open if own],
        [each for each in folded if each.bucket_start <= open_start],
        start=start,
    )


def _tell_self_reports(
    db: Connection, session_id: str, bucket_seconds: int | None, since: datetime | None
) -> list[SelfReportPoint]:
    wanted = _round_up(bucket_seconds, SELF_REPORT_SECONDS)
    start = _start_of(since, wanted)
    still_open = count_answers(read_open_answers(db, session_id, start))
    folded = read_folded_answers(db, session_id, start)
    return tell_series([*folded, *still_open], seconds=wanted)


def _last_second(stored: StoredSession, now: float) -> int:
    """Return this second, or that in which the session ended."""
    return int(min(now, stored.ended_at.timestamp()) if stored.ended_at else now)


def _round_up(seconds: int | None, step: int) -> int:
    """Return a wanted length as whole buckets of `step` seconds, at least one."""
    return math.ceil(max(seconds or step, step) / step) * step


def _start_of(since: datetime | None, seconds: int) -> int | None:
    """Return the start of the bucket that holds a moment."""
    return None if since is None else int(_as_utc(since).timestamp()) // seconds * seconds


def _as_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
