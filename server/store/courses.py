"""Courses in SQL: which session belongs to which. Works inside the caller's transaction `db`.

A course is a name that sessions share; there is no row of its own, so that the last session that
leaves it takes it along.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select, update

from server.store.markers import hold_session
from server.store.reports import StoredReport, find_report, keep_report
from server.store.sessions import StoredSession, find_session
from server.store.tables import report, session

MOST_NAMED = 3


class CourseNotFound(LookupError):
    """No session belongs to a course of this name."""

    def __init__(self) -> None:
        super().__init__(
            "No session belongs to a course of this name. GET /api/v1/courses lists the names, "
            "which must match letter by letter."
        )


class SessionsNotFound(LookupError):
    """Some of the sessions asked for are not there; the message says which."""

    def __init__(self, missing: Sequence[str]) -> None:
        told = ", ".join(f"“{each[:40]}”" for each in missing[:MOST_NAMED])
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        super().__init__(
            f"There is no session {told}{more}. It may have been deleted; list the sessions and "
            "ask for those that are there."
        )


@dataclass(frozen=True)
class Member:
    """One of several sessions. document: JSON of its kept report, None where that is not true."""

    id: str
    title: str
    started_at: datetime
    ended_at: datetime | None
    camera: bool
    document: str | None


@dataclass(frozen=True)
class StoredCourse:
    """A course: its name, how many sessions have it, and when the first and last began."""

    name: str
    sessions: int
    first_at: datetime
    last_at: datetime


def change_session(db: Connection, session_id: str, changes: Mapping[str, Any]) -> StoredSession:
    """Give a session another title or course, running or ended; no entry leaves it as it is.

    A kept report that is true stays so: the two are changed in it. Raises `SessionNotFound`.
    """
    hold_session(db, session_id)
    before = find_session(db, session_id)
    told = {name: changes[name] for name in ("title", "course") if name in changes}
    if all(getattr(before, name) == value for name, value in told.items()):
        return before
    revised = {**told, "report_revision": session.c.report_revision + 1}
    db.execute(update(session).where(session.c.id == session_id).values(revised))
    _carry_report(db, before, told)
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


def count_members(db: Connection, course: str) -> int:
    """Return how many sessions belong to a course."""
    counted = select(func.count()).select_from(session).where(session.c.course == course)
    return db.scalar(counted) or 0


def list_members(db: Connection, course: str) -> list[Member]:
    """Return the sessions of a course. Raises `CourseNotFound`."""
    found = _read_members(db, session.c.course == course)
    if not found:
        raise CourseNotFound
    return found


def find_members(db: Connection, ids: Sequence[str]) -> list[Member]:
    """Return sessions by their ids. Raises `SessionsNotFound`."""
    found = _read_members(db, session.c.id.in_(ids))
    known = {each.id for each in found}
    if missing := [each for each in ids if each not in known]:
        raise SessionsNotFound(missing)
    return found


def _carry_report(db: Connection, before: StoredSession, told: Mapping[str, Any]) -> None:
    """Change what a kept report says of its session, so that it need not be made anew.

    No figure depends on a title or a course, and a course of fifty sessions would else wait for
    fifty reports.
    """
    kept = find_report(db, before.id)
    if kept is None or kept.revision != before.report_revision:
        return
    document = json.loads(kept.document)
    document["session"] |= told
    written = json.dumps(document, ensure_ascii=False)
    keep_report(db, before.id, StoredReport(kept.revision + 1, kept.made_at, written))


def _read_members(db: Connection, which: ColumnElement[bool]) -> list[Member]:
    is_true = report.c.revision == session.c.report_revision
    own = session.outerjoin(report, report.c.session_id == session.c.id)
    columns = (
        *(session.c.id, session.c.title, session.c.started_at, session.c.ended_at),
        *(session.c.camera, case((is_true, report.c.document))),
    )
    wanted = select(*columns).select_from(own).where(which)
    return [Member(*row) for row in db.execute(wanted.order_by(session.c.started_at, session.c.id))]
