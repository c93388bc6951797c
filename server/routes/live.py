"""The mood of a session: read, waited for, or followed as server-sent events."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Response
from fastapi.responses import StreamingResponse

from server.event_stream import HEADERS, HEARTBEAT, MEDIA_TYPE, write_event, write_retry
from server.live import Live, is_known
from server.requests import ServiceOf, require_teacher
from server.routes import problems
from server.schemas import Mood
from server.store.sessions import SessionNotFound
from server.told_moods import MoodQuestion, ToldMood, ask_mood

MOST_WAIT_S: Final = 25
"""Longer than this nobody is kept waiting: proxies cut off after 30 s."""
RETRY_S: Final = 2.0

_WAIT = re.compile(r"\s*wait\s*=\s*\"?(\d{1,9})\"?\s*", re.IGNORECASE)

router = APIRouter(
    prefix="/api/v1/sessions/{session_id}",
    tags=["sessions"],
    dependencies=[Depends(require_teacher)],
    responses=problems(401, 403, 404, 422, 503),
)


def _read_question(
    session_id: str,
    bucket_s: Annotated[
        int | None,
        Query(
            ge=1,
            le=3600,
            description="Wanted length of a bucket, seconds; rounded up to whole "
            "buckets of the session.",
        ),
    ] = None,
    since: Annotated[
        datetime | None, Query(description="Only buckets from this moment on, ISO 8601 with zone.")
    ] = None,
) -> MoodQuestion:
    return ask_mood(session_id, bucket_s, since)


Question = Annotated[MoodQuestion, Depends(_read_question)]

_NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "The mood is still the one that If-None-Match names."}
}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {MEDIA_TYPE: {"schema": {"type": "object"}}},  # of one event (OpenAPI 3.2)
        "description": "Events `mood`, whose data are a `Mood` and whose id is its ETag, and "
        "`ended` or `gone` as the last one.",
    }
}


@router.get("/mood", response_model=Mood, responses=_NOT_MODIFIED)
async def get_mood(
    question: Question,
    service: ServiceOf,
    known: Annotated[
        str | None, Header(alias="If-None-Match", description="The ETag of the mood you have.")
    ] = None,
    prefer: Annotated[
        str | None,
        Header(
            description="`wait=SECONDS` (RFC 7240), at most 25: with If-None-Match, answer when "
            "the mood is another one, or 304 at the end of the wait."
        ),
    ] = None,
) -> Response:
    """Read the class mood over time and now. Below 5 visible students no emotion is told."""
    seconds = _read_wait(prefer)
    if known is None or seconds is None:
        return _answer(await service.live.moods.tell_at_once(question), known or "")
    answer = _answer(await service.live.wait(question, known, seconds), known)
    answer.headers["Preference-Applied"] = f"wait={seconds}"
    return answer


@router.get("/live", response_class=StreamingResponse, responses=_EVENTS)
async def follow_mood(
    question: Question,
    service: ServiceOf,
    last: Annotated[
        str | None,
        Header(alias="Last-Event-ID", description="The id of the last event that arrived."),
    ] = None,
) -> StreamingResponse:
    """Follow the class mood: the same as `/mood`, sent again whenever it has changed.

    At most one event a second; a comment every 15 s keeps the connection open. The stream ends
    with the session.
    """
    service.live.check_place()
    told = await service.live.moods.tell(question)
    parts = _write_events(service.live, question, told, last or "")
    return StreamingResponse(parts, media_type=MEDIA_TYPE, headers=HEADERS)


async def _write_events(
    live: Live, question: MoodQuestion, told: ToldMood, last: str
) -> AsyncIterator[bytes]:
    yield write_retry(RETRY_S)
    ended = told.ended
    try:
        async for news in live.follow(question, told, last):
            if news is None:
                yield HEARTBEAT
                continue
            ended = news.ended
            yield write_event("mood", news.body, event_id=news.digest)
    except SessionNotFound:
        yield write_event("gone", b"{}")
        return
    if ended:
        yield write_event("ended", b"{}")


def _read_wait(prefer: str | None) -> int | None:
    """Return the seconds that a Prefer header asks to wait, cut to `MOST_WAIT_S`; else None."""
    for part in (prefer or "").split(","):
        if found := _WAIT.fullmatch(part.split(";")[0]):
            return min(int(found[1]), MOST_WAIT_S)
    return None


def _answer(told: ToldMood, known: str) -> Response:
    """Answer with the mood, or with 304 where it is `known`."""
    headers = {"Cache-Control": "no-cache", "Vary": "Prefer", "ETag": f'"{told.digest}"'}
    if is_known(told.digest, known):
        return Response(status_code=304, headers=headers)
    return Response(told.body, headers=headers, media_type="application/json")
