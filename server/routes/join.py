"""Joining: a code becomes a source with a token; and the page behind the join link."""

from fastapi import APIRouter

from server.keyring import SourceTicket, tidy_join_code
from server.requests import ServiceOf
from server.routes import problems
from server.schemas import Joined, JoinRequest
from server.store.sessions import SessionEnded, find_session_by_code
from server.store.sources import add_source

router = APIRouter(tags=["join"])


@router.post("/api/v1/join", status_code=201, responses=problems(404, 408, 409, 413, 422, 503))
def join_session(wish: JoinRequest, service: ServiceOf) -> Joined:
    """Join a session by its code. No account, no name: the token is all there is."""
    now = service.now()
    with service.database.reading() as db:  # a wrong code must not wait for the writers' lock
        stored = find_session_by_code(db, tidy_join_code(wish.join_code))
    if stored.ended_at is not None:
        raise SessionEnded
    with service.database.writing() as db:
        source_id = add_source(db, stored.id, kind="student", joined_at=now)
    service.live.ring(stored.id)
    token, expires_at = service.keyring.sign_source(SourceTicket(stored.id, source_id), now=now)
    return Joined(
        session_id=stored.id,
        source_id=source_id,
        token=token,
        expires_at=expires_at,
        session_title=stored.title,
        simulated=stored.simulated,
    )
