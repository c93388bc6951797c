"""Reports in SQL: the figures of each ended session. Works inside the caller's `db`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from server.store.sessions import SessionNotFound
from server.store.tables import report, session
from server.store.upserts import replace_rows


class SessionStillRuns(Exception):
    """A report is asked for of a session that has not ended."""

    def __init__(self) -> None:
        super().__init__(
            "This session is still running, and its report is made when it ends. End it first: "
            "POST /api/v1/sessions/{session_id}/end."
        )


@dataclass(frozen=True)
class StoredReport:
    """One report as it is kept. document: JSON of a `Report`, without the statements' texts."""

    revision: int
    made_at: datetime
    document: str


def find_report(db: Connection, session_id: str) -> StoredReport | None:
    """Return the report that is kept of a session, of whatever revision, or None."""
    wanted = select(report.c.revision, report.c.made_at, report.c.document)
    row = db.execute(wanted.where(report.c.session_id == session_id)).first()
    return None if row is None else StoredReport(*row)


def keep_report(db: Connection, session_id: str, made: StoredReport) -> None:
    """Keep a report in place of the former one, unless that is newer. Raises `SessionNotFound`."""
    own = select(session.c.id).where(session.c.id == session_id)
    if db.execute(own.with_for_update(key_share=True)).first() is None:
        raise SessionNotFound
    row = {"session_id": session_id, **vars(made)}
    replace_rows(db, report, [row], unless_smaller="revision")


def list_unreported(db: Connection) -> list[str]:
    """Return the ended sessions whose report is missing or of an older revision, newest first."""
    of_it = report.c.session_id == session.c.id
    stale = or_(report.c.revision.is_(None), report.c.revision < session.c.report_revision)
    wanted = select(session.c.id).select_from(session.outerjoin(report, of_it))
    ended = wanted.where(session.c.ended_at.is_not(None), stale)
    return list(db.scalars(ended.order_by(session.c.started_at.desc(), session.c.id)))


def raise_revision(db: Connection, session_id: str) -> None:
    """Note that something which the session's report tells is another one now."""
    own = update(session).where(session.c.id == session_id)
    db.execute(own.values(report_revision=session.c.report_revision + 1))
