"""A session's own engagement profile in SQL. Works inside the caller's transaction `db`."""

from collections.abc import Callable

from sqlalchemy import Connection, select, update

from server.engagement import read_profile
from server.schemas import EngagementProfile
from server.store.reports import raise_revision
from server.store.sessions import SessionNotFound
from server.store.tables import session


def change_profile(
    db: Connection, session_id: str, change: Callable[[EngagementProfile], EngagementProfile]
) -> EngagementProfile:
    """Put what `change` makes of the profile in force in its place; return it.

    Two changes at once come one after the other. Raises `SessionNotFound`.
    """
    own = session.c.id == session_id
    wanted = select(session.c.engagement_profile).where(own).with_for_update(key_share=True)
    row = db.execute(wanted).first()
    if row is None:
        raise SessionNotFound
    before = read_profile(row.engagement_profile)
    after = change(before)
    if after != before:
        stored = after.model_dump_json()
        db.execute(update(session).where(own).values(engagement_profile=stored))
        raise_revision(db, session_id)
    return after
