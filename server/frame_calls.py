"""An ASGI layer that answers frames itself: the one call that comes hundreds of times a second.

The route of the same address (`server.routes.frames`) says what the call is, and answers whatever
is not written as clients write it; both do the same, by the same parts. What is spared is choosing
the route and working out what its function depends on, which took longer than all else that a frame
costs beside its reading (docs/ingest.md).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from server.bookkeeping import judge_outcome
from server.errors import answer_error
from server.keyring import NotSignedIn, SourceTicket
from server.requests import MAX_SEQ, PictureBody
from server.service import Service
from server.store.sources import window_source_id
from server.wire import write_frame_answer

PATH: Final = "/api/v1/sessions/{session_id}/frames"
_FRAMES: Final = re.compile(r"/api/v1/sessions/([0-9a-f]{1,64})/frames")
_NUMBER: Final = re.compile(rb"[0-9]{1,19}")
_BEARER: Final = re.compile(rb"Bearer ([\w.~+/=-]+)")


@dataclass(frozen=True)
class _Route:
    """What the log and the metrics ask of a route."""

    path: str = PATH


_ROUTE: Final = _Route()


class FrameCalls:
    """Answers each frame that is sent as /docs describes it, and passes all else on."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app, self._service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a frame, or pass the request on untouched."""
        call = None
        if scope["type"] == "http" and scope["method"] == "POST":
            call = read_frame_call(self._service, scope["path"], scope["headers"])
        if call is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = _ROUTE
        request = Request(scope, receive)
        try:
            told = await self._take(request, *call)
        except Exception as error:
            answer = answer_error(request, error)
            if answer is None:
                raise
            await answer(scope, receive, send)
            return
        headers = [
            (b"content-length", str(len(told)).encode()),
            (b"content-type", b"application/json"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": told})

    async def _take(self, request: Request, ticket: SourceTicket, seq: int) -> bytes:
        service = self._service
        picture = PictureBody(request, service.settings.max_frame_bytes)
        taken = await service.ingest.take_frame(ticket, seq, picture)
        judge_outcome(request.scope, taken.outcome)
        return write_frame_answer(taken.outcome, seq, taken.reading, taken.network_version)


def read_frame_call(
    service: Service, path: str, headers: Iterable[tuple[bytes, bytes]]
) -> tuple[SourceTicket, int] | None:
    """Return who sends a frame and its number; None for whatever needs a closer look.

    Of a POST, whose headers' names are in small letters.
    """
    found = _FRAMES.fullmatch(path)
    if found is None:
        return None
    told: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in (b"authorization", b"frame-seq"):
            if name in told:
                return None
            told[name] = value
    number = _NUMBER.fullmatch(told.get(b"frame-seq", b""))
    bearer = _BEARER.fullmatch(told.get(b"authorization", b""))
    if number is None or bearer is None or (seq := int(number[0])) > MAX_SEQ:
        return None
    ticket = _read_ticket(service, bearer[1].decode("latin-1"), found[1])
    return None if ticket is None else (ticket, seq)


def _read_ticket(service: Service, token: str, session_id: str) -> SourceTicket | None:
    known = service.keyring.recall_source(token, now=service.clock())
    if known is not None:
        return known if known.session_id == session_id else None
    if service.keyring.is_teacher(token):
        return SourceTicket(session_id, window_source_id(session_id))
    try:
        ticket = service.keyring.read_source(token, now=service.now())
    except NotSignedIn:
        return None
    return ticket if ticket.session_id == session_id else None
