"""Courses in SQL: which session belongs to which. Works inside the caller's transaction `db`.

A course is a name that sessions share; there is no row of its own, so that the last session that
leaves it takes it along.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from server.store.markers import hold_session
from server.store.sessions import StoredSession, find_session
from server.store.tables import session


class CourseNotFound(LookupError):
    """No session belongs to a course of this name."""

    def __init__(self) -> None:
        super().__init__(
            "No session belongs to a course of this name. GET /api/v1/courses lists the names, "
            "which must match letter by letter."
        )


@dataclass(frozen=True)
class StoredCourse:
    """A course: its name, how many sessions have it, and when the first and last began."""

    name: str
    sessions: int
    first_at: datetime
    last_at: datetime


def change_session(db: Connection, session_id: str, changes: Mapping[str, Any]) -> StoredSession:
    """Give a session another title or course, running or ended; no entry leaves it as it is.

    Its report is made anew when one of them is really another. Raises `SessionNotFound`.
    """
    hold_session(db, session_id)
    before = find_session(db, session_id)
    told = {name: changes[name] for name in ("title", "course") if name in changes}
    if all(getattr(before, name) == value for name, value in told.items()):
        return before
    revised = {**told, "report_revision": session.c.report_revision + 1}
    db.execute(update(session).where(session.c.id == session_id).values(revised))
    return find_session(db, session_id)


def list_courses(db: Connection) -> list[StoredCourse]:
    """Return all courses; the one with the newest session first."""
    last_at = func.max(session.c.started_at)
    wanted = (
        select(session.c.course, func.count(), func.min(session.c.started_at), last_at)
        .where(session.c.course.is_not(None))
        .group_by(session.c.course)
        .order_by(last_at.desc(), session.c.course)
    )
    return [StoredCourse(*row) for row in db.execute(wanted)]
