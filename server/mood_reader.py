"""Puts the mood of one session together from what the store has."""

import math
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection

from server.correction import Estimators
from server.engagement import read_profile
from server.mood import describe_now, describe_series
from server.schemas import Mood, MoodPoint, Session
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
    step = stored.bucket_seconds
    wanted = math.ceil(max(bucket_seconds or step, step) / step) * step
    start = None if since is None else int(_as_utc(since).timestamp()) // wanted * wanted
    of = stored.expected_students or stored.joined or None
    tallies = read_tallies(db, session_id, start)
    return Mood(
        session=tell(stored),
        now=_describe_now(db, stored, now=now, of=of, estimators=estimators),
        series=describe_series(tallies, bucket_seconds=wanted, of=of, estimators=estimators),
        self_report_now=None,
        self_reports=[],
        markers=[],
        outline=[],
        engagement_profile=read_profile(stored.engagement_profile),
        network_versions=sorted({tally.network_version for tally in tallies}),
    )


def _describe_now(
    db: Connection, stored: StoredSession, *, now: float, of: int | None, estimators: Estimators
) -> MoodPoint:
    """Tell the last seconds: the bucket that is open, and whole ones before it."""
    end = min(now, stored.ended_at.timestamp()) if stored.ended_at else now
    step = stored.bucket_seconds
    before = math.ceil(NOW_SECONDS / step) * step
    start = int(end) // step * step - before
    return describe_now(
        read_open_tallies(db, stored.id, start),
        read_folded_tallies(db, stored.id, start),
        start=start,
        seconds=before + step,
        of=of,
        estimators=estimators,
    )


def _as_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
