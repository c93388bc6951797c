"""Sessions: start, list, read, change, end, erase."""

from math import ceil

from fastapi import APIRouter, Depends, Response

from server.keyring import new_join_code
from server.requests import ServiceOf, require_teacher
from server.routes import problems
from server.schemas import NewSession, Session, SessionChange
from server.service import Service
from server.store.courses import change_session
from server.store.sessions import (
    JoinCodeTaken,
    StoredSession,
    add_session,
    delete_session,
    end_session,
    find_session,
    list_sessions,
)
from server.store.tallies import fold_session
from server.wire import session_of_stored

router = APIRouter(
    prefix="/api/v1/sessions",
    tags=["sessions"],
    dependencies=[Depends(require_teacher)],
    responses=problems(401, 403, 422, 503),
)

CODE_TRIES = 5
BUCKET_PER_FRAME = 1.2
"""A bucket is so much longer than the time from frame to frame, or students who are visible would
be missing from it."""


@router.post("", status_code=201, responses=problems(408, 413))
def start_session(new: NewSession, service: ServiceOf) -> Session:
    """Start a session. The answer holds the join code and link for the students."""
    return _tell(service, _add(service, new))


@router.get("")
def get_sessions(service: ServiceOf) -> list[Session]:
    """List all sessions, newest first."""
    with service.database.reading() as db:
        return [_tell(service, stored) for stored in list_sessions(db)]


@router.get("/{session_id}", responses=problems(404))
def get_session(session_id: str, service: ServiceOf) -> Session:
    """Read one session."""
    with service.database.reading() as db:
        return _tell(service, find_session(db, session_id))


@router.patch("/{session_id}", responses=problems(404, 408, 413))
def patch_session(session_id: str, change: SessionChange, service: ServiceOf) -> Session:
    """Give a session another title or course, also after its end; an empty course takes it out."""
    changes = change.model_dump(exclude_unset=True)
    if changes.get("title", "") is None:
        del changes["title"]
    with service.database.writing() as db:
        return _tell(service, change_session(db, session_id, changes))


@router.post("/{session_id}/end", responses=problems(404))
def post_end(session_id: str, service: ServiceOf) -> Session:
    """End a session: no frame is taken any more. Ending it again changes nothing."""
    with service.database.writing() as db:
        stored = end_session(db, session_id, service.now())
        fold_session(db, session_id)
    service.reports.make_soon(session_id)
    return _tell(service, stored)


@router.delete("/{session_id}", status_code=204, responses=problems(404))
def erase_session(session_id: str, service: ServiceOf) -> Response:
    """Erase a session and everything counted in it, for good."""
    with service.database.writing() as db:
        delete_session(db, session_id)
    service.recordings.tidy_soon()
    return Response(status_code=204)


def _add(service: Service, new: NewSession) -> StoredSession:
    for _ in range(CODE_TRIES - 1):
        try:
            return _add_once(service, new)
        except JoinCodeTaken:  # one in 10^11; another code is another try
            continue
    return _add_once(service, new)


def _add_once(service: Service, new: NewSession) -> StoredSession:
    with service.database.writing() as db:
        return add_session(
            db,
            title=new.title,
            course=new.course,
            join_code=new_join_code(),
            expected_students=new.expected_students,
            bucket_seconds=max(new.bucket_seconds, ceil(BUCKET_PER_FRAME * new.send_seconds)),
            simulated=new.simulated,
            started_at=service.now(),
            network_version=service.ingest.network_version,
            send_seconds=new.send_seconds,
            camera=new.camera,
            self_report=new.self_report,
        )


def _tell(service: Service, stored: StoredSession) -> Session:
    return session_of_stored(stored, service.settings.resolved_public_url)
