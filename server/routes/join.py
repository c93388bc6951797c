"""Joining: what a code leads to, and how it becomes a source with a token."""

from fastapi import APIRouter

from server.keyring import SourceTicket
from server.requests import AddressOf, ServiceOf
from server.routes import problems
from server.schemas import Invitation, Joined, JoinRequest
from server.store.sessions import SessionEnded
from server.store.sources import add_source

router = APIRouter(tags=["join"])


@router.get("/api/v1/join/{join_code}", responses=problems(404, 422, 429, 503))
def get_invitation(join_code: str, service: ServiceOf, address: AddressOf) -> Invitation:
    """Read what a join code leads to, before anybody joins. Wrong codes are limited in number."""
    stored = service.doorkeeper.find_session(join_code, address)
    return Invitation(
        join_code=stored.join_code,
        session_title=stored.title,
        simulated=stored.simulated,
        camera=stored.camera,
        self_report=stored.self_report,
        send_seconds=stored.send_seconds,
        ended=stored.ended_at is not None,
    )


@router.post("/api/v1/join", status_code=201, responses=problems(404, 408, 409, 413, 422, 429, 503))
def join_session(wish: JoinRequest, service: ServiceOf, address: AddressOf) -> Joined:
    """Join a session by its code. No account, no name: the token is all there is."""
    now = service.now()
    stored = service.doorkeeper.find_session(wish.join_code, address)
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
