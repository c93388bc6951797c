"""The outline of a session: slides or chapters, loaded from a file, begun one after the other."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from server.outlines import JSON, MEDIA_TYPES, parse_outline
from server.outlines.headings import refuse_outside
from server.requests import OutlineBody, ServiceOf, media_type_of, require_teacher
from server.routes import problems
from server.schemas import MOST_OUTLINE_ENTRIES, NewOutlineEntry, OutlineEntry
from server.service import Service
from server.store import outlines
from server.store.outlines import begin_entry, delete_outline, read_outline, replace_outline
from server.store.sessions import find_session

router = APIRouter(
    prefix="/api/v1/sessions/{session_id}/outline",
    tags=["markers and outline"],
    dependencies=[Depends(require_teacher)],
    responses=problems(401, 403, 404, 422, 503),
)

Position = Annotated[
    int, Path(ge=1, le=MOST_OUTLINE_ENTRIES, description="Of the entry, from 1.", examples=[1])
]


def _describe_listing() -> dict[str, Any]:
    described = TypeAdapter(list[NewOutlineEntry]).json_schema(
        ref_template="#/components/schemas/{model}"
    )
    items = described.pop("$defs")["NewOutlineEntry"]
    return {**described, "items": items}


OUTLINE_FILE = {
    "requestBody": {
        "required": True,
        "content": {
            **{kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES},
            JSON: {"schema": _describe_listing()},
        },
    }
}


@router.put("", responses=problems(408, 413, 415), openapi_extra=OUTLINE_FILE)
async def put_outline(session_id: str, request: Request, service: ServiceOf) -> list[OutlineEntry]:
    """Load slides or chapters in place of the former outline; the body is the file itself.

    PowerPoint's titles (hidden slides are left out), a WebVTT file's chapters, a CSV file with
    the columns `time,title[,kind]`, or a list as JSON. While the session runs or afterwards.
    """
    started_at, lasted_s = await run_in_threadpool(_find_times, service, session_id)
    data = await OutlineBody(request)()
    entries = await run_in_threadpool(parse_outline, data, media_type_of(request), started_at)
    if lasted_s is not None:
        refuse_outside(entries, lasted_s)
    return await run_in_threadpool(_replace, service, session_id, entries)


@router.get("")
def get_outline(session_id: str, service: ServiceOf) -> list[OutlineEntry]:
    """Read the slides or chapters of a session in order; none where nothing is loaded."""
    with service.database.reading() as db:
        find_session(db, session_id)
        return read_outline(db, session_id)


@router.delete("", status_code=204)
def erase_outline(session_id: str, service: ServiceOf) -> Response:
    """Erase the outline, if there is one. Markers that were dropped with it stay."""
    with service.database.writing() as db:
        delete_outline(db, session_id)
    return Response(status_code=204)


@router.post("/{position}/begin", responses=problems(409))
def post_begin(session_id: str, position: Position, service: ServiceOf) -> OutlineEntry:
    """Note that this slide or chapter begins now, and mark the moment with its title."""
    with service.database.writing() as db:
        return begin_entry(db, session_id, position, now=service.now())


@router.delete("/{position}/begin")
def take_back_begin(session_id: str, position: Position, service: ServiceOf) -> OutlineEntry:
    """Take back that this slide or chapter began: its marker goes, and its time is not known.

    One that was not begun stays as it is, so the call may be sent again.
    """
    with service.database.writing() as db:
        return outlines.take_back_begin(db, session_id, position)


def _find_times(service: Service, session_id: str) -> tuple[datetime, float | None]:
    """Return when a session began, and how many seconds it lasted; None while it runs."""
    with service.database.reading() as db:
        stored = find_session(db, session_id)
    if stored.ended_at is None:
        return stored.started_at, None
    return stored.started_at, (stored.ended_at - stored.started_at).total_seconds()


def _replace(
    service: Service, session_id: str, entries: Sequence[OutlineEntry]
) -> list[OutlineEntry]:
    with service.database.writing() as db:
        return replace_outline(db, session_id, entries)
