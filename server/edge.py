"""ASGI layers before the routes: how large and how slow a body may be, and HEAD.

A body is read before anybody has looked at its token, so it must not cost much.
"""

import asyncio
import re
import sys

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.errors import problem

MOST_JSON_BYTES = 64_000
MOST_BODY_SECONDS = 30.0
OUTLINE_PATIENCE = 4
"""How many times as long a presentation may take: 20 MB over a school's line, not a picture."""

_DASHBOARD = "/dashboard"
_PICTURES = re.compile(r"/api/v1/(analyze|sessions/[^/]*/frames)")
_FILES = re.compile(r"(/api/v1/sessions|/dashboard/session)/[^/]*/(outline|transcript)")
_PIECE = re.compile(r"(/api/v1|/dashboard)/videos/[^/]*")
_TOO_LARGE = (
    f"The body is larger than {MOST_JSON_BYTES // 1000} kB; no call but the ones that take a "
    "picture, an outline or a transcript needs so much. /docs describes what this call takes."
)


class BodyLimits:
    """Refuses bodies that are too large (413) or too slow (408)."""

    def __init__(self, app: ASGIApp, *, seconds: float = MOST_BODY_SECONDS) -> None:
        self._app, self._seconds = app, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body watched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = _limit_of(scope["path"])
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            refusal = problem(413, _TOO_LARGE, {"Connection": "close"})
            await refusal(scope, receive, send)
            return
        seconds = self._seconds * (OUTLINE_PATIENCE if _FILES.fullmatch(scope["path"]) else 1)
        slow = _PIECE.fullmatch(scope["path"]) is not None and scope["method"] == "PATCH"
        await self._app(scope, _WatchedBody(receive, limit, seconds, from_part=slow), send)


class _WatchedBody:
    """Receives a body; the time counts from the first time it is asked for.

    from_part: it counts from each part anew, as a recording may take hours.
    """

    def __init__(self, receive: Receive, limit: int, seconds: float, *, from_part: bool) -> None:
        self._receive, self._limit, self._seconds = receive, limit, seconds
        self._from_part = from_part
        self._until: float | None = None
        self._read, self._whole = 0, False

    async def __call__(self) -> Message:
        if self._whole:
            return await self._receive()
        message = await self._receive_in_time()
        self._read += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._read > self._limit:
            raise HTTPException(413, _TOO_LARGE, {"Connection": "close"})
        return message

    async def _receive_in_time(self) -> Message:
        if self._until is None or self._from_part:
            self._until = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(self._until):
                return await self._receive()
        except TimeoutError:
            raise HTTPException(
                408,
                f"The body did not arrive within {self._seconds:g} s. Send it again, or something "
                "smaller.",
                {"Connection": "close"},
            ) from None


def _limit_of(path: str) -> int:
    # Pictures, outlines and recordings have limits of their own; the dashboard's gate asks for the
    # token before a body is read.
    if path.startswith(_DASHBOARD) or any(
        form.fullmatch(path) for form in (_PICTURES, _FILES, _PIECE)
    ):
        return sys.maxsize
    return MOST_JSON_BYTES


class HeadLikeGet:
    """Answers HEAD as GET without the body (RFC 9110, section 9.3.2), but the dashboard’s."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, a HEAD as a GET."""
        is_head = scope["type"] == "http" and scope["method"] == "HEAD"
        if not is_head or scope["path"].startswith(_DASHBOARD):
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, send_head)
