"""Markers: moments of a session that the teacher marks."""

from fastapi import APIRouter, Depends, Response

from server.requests import ServiceOf, require_teacher
from server.routes import problems
from server.schemas import Marker, MarkerChange, NewMarker
from server.store.markers import add_marker, change_marker, delete_marker, list_markers
from server.store.sessions import find_session

router = APIRouter(
    prefix="/api/v1/sessions/{session_id}/markers",
    tags=["markers and outline"],
    dependencies=[Depends(require_teacher)],
    responses=problems(401, 403, 404, 422, 503),
)


@router.post("", status_code=201, responses=problems(408, 409, 413))
def post_marker(session_id: str, new: NewMarker, service: ServiceOf) -> Marker:
    """Mark a moment of a session: now, or `at`, which an ended session needs.

    The same kind and words again within a second are the same marker, so a request whose answer
    was lost may be sent again; with `at` also much later.
    """
    with service.database.writing() as db:
        return add_marker(
            db, session_id, label=new.label, kind=new.kind, at=new.at, now=service.now()
        )


@router.get("")
def get_markers(session_id: str, service: ServiceOf) -> list[Marker]:
    """List the markers of a session by their time."""
    with service.database.reading() as db:
        find_session(db, session_id)
        return list_markers(db, session_id)


@router.patch("/{marker_id}", responses=problems(408, 413))
def patch_marker(
    session_id: str, marker_id: str, change: MarkerChange, service: ServiceOf
) -> Marker:
    """Give a marker other words; also after the session has ended."""
    with service.database.writing() as db:
        return change_marker(db, session_id, marker_id, change.label)


@router.delete("/{marker_id}", status_code=204)
def erase_marker(session_id: str, marker_id: str, service: ServiceOf) -> Response:
    """Erase a marker."""
    with service.database.writing() as db:
        delete_marker(db, session_id, marker_id)
    return Response(status_code=204)
