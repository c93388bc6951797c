"""An ASGI layer that gives every request an id: in its answer, and in every log line of it.

It also tells the log what became of a request, without anything of its address but the route:
a path may hold a join code, and a query the teacher's token.
"""

import random
import re
import time
from collections.abc import MutableMapping
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any, Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.metrics import Metrics
from server.pace import Pace

HEADER: Final = "X-Request-Id"
_SANE: Final = re.compile(r"[0-9a-fA-F]{16,36}|[0-9a-fA-F-]{36}")
"""What proxies make: nginx 32 digits, others UUIDs. Neither of the tokens, no join code and no name
fits, so none gets into the log this way."""
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_KEY: Final = "roomtone.request"
_DASHBOARD: Final = "/dashboard"
_LINES_PER_SECOND: Final = 1.0
_LINES_AT_ONCE: Final = 10.0

_log = structlog.get_logger()
_current: ContextVar[Scope | None] = ContextVar("request", default=None)


class _Passage:
    """What is known of a request. `reason`: why it failed, in words for the log alone."""

    __slots__ = ("came_at", "reason", "request_id", "status")

    def __init__(self, asked_for: str) -> None:
        self.request_id = name_request(asked_for)
        self.came_at, self.status, self.reason = time.perf_counter(), 0, ""


def name_request(asked_for: str) -> str:
    """Return a request's id: what a proxy asks for if it is sane, else a new one."""
    if _SANE.fullmatch(asked_for) is not None:
        return asked_for
    return f"{random.getrandbits(64):016x}"  # a name to find lines by, no secret


def request_id_of(scope: Scope) -> str:
    """Return a request's id; empty where it has none."""
    passage: _Passage | None = scope.get(_KEY)
    return passage.request_id if passage else ""


def note_reason(scope: Scope, reason: str) -> None:
    """Note for the log why a request fails, where its sender is not told."""
    passage: _Passage | None = scope.get(_KEY)
    if passage is not None:
        passage.reason = reason


def describe_request(scope: Scope) -> dict[str, str]:
    """Return what a log line may tell of a request: id, method and route, never its address."""
    return {
        "request_id": request_id_of(scope),
        "method": scope["method"] if scope["method"] in _METHODS else "other",
        "route": _route_of(scope),
    }


def add_request(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Add the request that is being answered, if any, to a log line: a processor of structlog."""
    scope = _current.get()
    return event if scope is None else {**describe_request(scope), **event}


def _route_of(scope: Scope) -> str:
    if scope["path"].startswith(_DASHBOARD):  # Dash has no routes of its own
        return _DASHBOARD
    return getattr(scope.get("route"), "path", None) or "none"


class RequestIds:
    """Names every request, counts it, and tells the log of those that failed, or of all."""

    def __init__(self, app: ASGIApp, metrics: Metrics, *, log_all: bool) -> None:
        self._app, self._metrics, self._log_all = app, metrics, log_all
        self._pace, self._unlogged = Pace(_LINES_PER_SECOND, _LINES_AT_ONCE), 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back with the request's id."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passage = _Passage(Headers(scope=scope).get(HEADER, ""))
        scope[_KEY] = passage

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                passage.status = message["status"]
                MutableHeaders(scope=message)[HEADER] = passage.request_id
            await send(message)

        token = _current.set(scope)
        try:
            await self._app(scope, receive, send_named)
        except Exception:
            passage.status = passage.status or HTTPStatus.INTERNAL_SERVER_ERROR
            raise
        finally:
            self._tell(scope, passage)
            _current.reset(token)

    def _tell(self, scope: Scope, passage: _Passage) -> None:
        told = describe_request(scope)
        self._metrics.requests.labels(told["method"], told["route"], str(passage.status)).inc()
        if passage.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            self._metrics.faults.inc()
        failed = passage.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        if not (failed or self._log_all):
            return
        if not self._log_all and self._pace.take(str(passage.status)):
            self._unlogged += 1  # a database that is away fails hundreds a second
            return
        seconds = round(time.perf_counter() - passage.came_at, 6)
        more = {"reason": passage.reason} if failed and passage.reason else {}
        if self._unlogged:
            more["unlogged"], self._unlogged = str(self._unlogged), 0
        log = _log.warning if failed else _log.info
        log(
            "request failed" if failed else "request",
            status=passage.status,
            seconds=seconds,
            **more,
        )
