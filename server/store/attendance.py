"""When students joined and left, in SQL. Works inside the caller's transaction `db`."""

from sqlalchemy import Connection, select

from server.attendance import Attendance
from server.store.sessions import StoredSession
from server.store.tables import source


def read_attendance(db: Connection, stored: StoredSession) -> Attendance:
    """Return who could be visible in a session, without saying who. Its window is no student."""
    students = (source.c.session_id == stored.id) & (source.c.kind == "student")
    rows = db.execute(select(source.c.joined_at, source.c.left_at).where(students)).all()
    return Attendance(
        stored.expected_students,
        tuple(sorted(row.joined_at.timestamp() for row in rows)),
        tuple(sorted(row.left_at.timestamp() for row in rows if row.left_at is not None)),
        stored.bucket_seconds,
    )
