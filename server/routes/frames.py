"""Frames and invented readings of a source, or of the teacher's own shared window."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from server.bookkeeping import judge_outcome
from server.ingest import Taken
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
from server.wire import write_frame_answer

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


async def read_ticket(session_id: str, caller: Caller) -> SourceTicket:
    """Return for which source of the session it is sent. Raises `NotAllowed`."""
    if isinstance(caller, Teacher):
        return SourceTicket(session_id, window_source_id(session_id))
    return await require_source(session_id, caller)


TicketOf = Annotated[SourceTicket, Depends(read_ticket)]


@router.post(
    "/frames",
    response_model=FrameAnswer,
    responses=problems(400, 415),
    openapi_extra=PICTURE_BODY,
)
async def post_frame(
    seq: FrameSeq, ticket: TicketOf, picture: PictureOf, service: ServiceOf, request: Request
) -> Response:
    """Send one frame: the raw bytes of a picture. Answered only after it is counted for good.

    Every face is read; the picture itself is forgotten before anything is stored. Send a frame
    again under the same number when the answer was lost: it is counted once.
    """
    return _answer(request, await service.ingest.take_frame(ticket, seq, picture))


@router.post("/readings", response_model=FrameAnswer)
async def post_reading(
    seq: FrameSeq, ticket: TicketOf, reading: SimulatedReading, service: ServiceOf, request: Request
) -> Response:
    """Send one invented reading; for sessions marked simulated only."""
    return _answer(request, await service.ingest.take_reading(ticket, seq, reading))


def _answer(request: Request, taken: Taken) -> Response:
    judge_outcome(request.scope, taken.outcome)
    told = write_frame_answer(taken.outcome, taken.seq, taken.reading, taken.network_version)
    return Response(told, media_type="application/json")
