"""How much is going on, in five numbers of the whole installation. Tells of no session or source.

Works inside the caller's transaction `db`.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, union

from server.schemas import SELF_REPORT_SECONDS
from server.store.tables import open_self_report, open_tally, session
from server.store.videos import list_queue


@dataclass(frozen=True)
class Census:
    """What there is at one moment.

    running: sessions not ended; live and sources: sessions and sources with something in buckets
    that are not folded yet; waiting: recordings that are whole and not read; oldest_end: when the
    oldest of these buckets was over (unix seconds), None without one.
    """

    running: int
    live: int
    sources: int
    waiting: int
    oldest_end: int | None


def take_census(db: Connection) -> Census:
    """Count what there is."""
    senders = union(
        select(open_tally.c.session_id, open_tally.c.source_id),
        select(open_self_report.c.session_id, open_self_report.c.source_id),
    ).subquery()
    live, sources = db.execute(
        select(func.count(senders.c.session_id.distinct()), func.count()).select_from(senders)
    ).one()
    running = select(func.count()).select_from(session).where(session.c.ended_at.is_(None))
    ends = [end for end in (_end_of_frames(db), _end_of_answers(db)) if end is not None]
    return Census(
        running=db.scalar(running) or 0,
        live=live,
        sources=sources,
        waiting=len(list_queue(db)),
        oldest_end=min(ends, default=None),
    )


def _end_of_frames(db: Connection) -> int | None:
    end = func.min(open_tally.c.bucket_start + session.c.bucket_seconds)
    found: int | None = db.scalar(select(end).where(session.c.id == open_tally.c.session_id))
    return found


def _end_of_answers(db: Connection) -> int | None:
    start: int | None = db.scalar(select(func.min(open_self_report.c.bucket_start)))
    return None if start is None else start + SELF_REPORT_SECONDS
