"""Frames and invented readings of a source, or of the teacher's own shared window."""

from fastapi import APIRouter

from server.keyring import SourceTicket
from server.requests import (
    PICTURE_TYPES,
    Caller,
    FrameSeq,
    PictureOf,
    ServiceOf,
    Teacher,
    require_source,
)
from server.routes import problems
from server.schemas import FrameAnswer, SimulatedReading
from server.store.sources import window_source_id

router = APIRouter(
    prefix="/api/v1/sessions/{session_id}",
    tags=["frames"],
    responses=problems(401, 403, 404, 408, 409, 410, 413, 422, 429, 503),
)

PICTURE_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}} for kind in PICTURE_TYPES
        },
    }
}


@router.post("/frames", responses=problems(400, 415), openapi_extra=PICTURE_BODY)
async def post_frame(
    session_id: str, seq: FrameSeq, caller: Caller, picture: PictureOf, service: ServiceOf
) -> FrameAnswer:
    """Send one frame: the raw bytes of a picture. Answered only after it is counted for good.

    Every face is read; the picture itself is forgotten before anything is stored. Send a frame
    again under the same number when the answer was lost: it is counted once.
    """
    ticket = await _ticket_for(caller, session_id)
    return await service.ingest.take_frame(ticket, seq, picture)


@router.post("/readings")
async def post_reading(
    session_id: str, seq: FrameSeq, caller: Caller, reading: SimulatedReading, service: ServiceOf
) -> FrameAnswer:
    """Send one invented reading; for sessions marked simulated only."""
    ticket = await _ticket_for(caller, session_id)
    return await service.ingest.take_reading(ticket, seq, reading)


async def _ticket_for(caller: Teacher | SourceTicket, session_id: str) -> SourceTicket:
    if isinstance(caller, Teacher):
        return SourceTicket(session_id, window_source_id(session_id))
    return await require_source(session_id, caller)
