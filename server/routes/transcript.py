"""The transcript of a session: what was said, from a WebVTT file, without who said it."""

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from server.outlines.transcript import parse_transcript
from server.requests import ServiceOf, TranscriptBody, require_teacher
from server.routes import problems
from server.schemas import TranscriptCue
from server.service import Service
from server.store.sessions import find_session
from server.store.transcripts import delete_transcript, read_transcript, replace_transcript

router = APIRouter(
    prefix="/api/v1/sessions/{session_id}/transcript",
    tags=["report"],
    dependencies=[Depends(require_teacher)],
    responses=problems(401, 403, 404, 422, 503),
)

TRANSCRIPT_FILE = {
    "requestBody": {
        "required": True,
        "content": {"text/vtt": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.put("", responses=problems(408, 413, 415), openapi_extra=TRANSCRIPT_FILE)
async def put_transcript(
    session_id: str, request: Request, service: ServiceOf
) -> list[TranscriptCue]:
    """Load a WebVTT transcript in place of the former one; times count from the session's start.

    Names that are marked as a voice's are dropped. While the session runs or afterwards.
    """
    lasted_s = await run_in_threadpool(_find_length, service, session_id)
    data = await TranscriptBody(request)()
    return await run_in_threadpool(_replace, service, session_id, data, lasted_s)


@router.get("")
def get_transcript(session_id: str, service: ServiceOf) -> list[TranscriptCue]:
    """Read what was said by its time; empty where nothing is loaded."""
    with service.database.reading() as db:
        find_session(db, session_id)
        return read_transcript(db, session_id)


@router.delete("", status_code=204)
def erase_transcript(session_id: str, service: ServiceOf) -> Response:
    """Erase the transcript, if there is one."""
    with service.database.writing() as db:
        delete_transcript(db, session_id)
    return Response(status_code=204)


def _find_length(service: Service, session_id: str) -> float | None:
    with service.database.reading() as db:
        stored = find_session(db, session_id)
    if stored.ended_at is None:
        return None
    return (stored.ended_at - stored.started_at).total_seconds()


def _replace(
    service: Service, session_id: str, data: bytes, lasted_s: float | None
) -> list[TranscriptCue]:
    cues = parse_transcript(data, lasted_s)
    with service.database.writing() as db:
        return replace_transcript(db, session_id, cues)
