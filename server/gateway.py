"""Passes /dashboard/ on to a dashboard that is a process of its own, so that one port is enough.

Plain HTTP only: the live page is fed by server-sent events, which are passed on as they come, and a
websocket is refused as on any other address.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from string import punctuation
from typing import Any, Final
from urllib.parse import quote

import httpx
from fastapi import FastAPI, Request, Response
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse

from server.errors import problem
from server.event_stream import MEDIA_TYPE
from server.settings import WrongSetting

PATIENCE_S: Final = 30.0
IDLE_S: Final = 2.0
"""Seconds an unused connection is kept: less than uvicorn's 5, or the dashboard might close it
just as the next request is sent over it."""

_METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
"""All that pages and their scripts use. OPTIONS stays out: no other address may ask."""

_HOP_BY_HOP: Final = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer "
    b"transfer-encoding upgrade".split()
)
"""Headers of one connection (RFC 9110, section 7.6.1)."""
_NOT_PASSED_ON: Final = frozenset(
    b"host expect forwarded x-forwarded-for x-forwarded-host x-forwarded-port "
    b"x-forwarded-proto".split()
)
"""Headers of a request that the gateway answers or says itself. The dashboard need not know who
asks, only whether the address is https: then its cookie is for https alone."""

Header = tuple[bytes, bytes]


def forward_dashboard(
    app: FastAPI, address: str, *, transport: httpx.AsyncBaseTransport | None = None
) -> None:
    """Answer /dashboard and all below it with what the dashboard at `address` answers.

    transport: what carries the requests, HTTP over sockets unless given. Raises `WrongSetting`.
    """
    origin, client = _parse_address(address), _open_client(transport)
    _close_with(app, client)
    streams = _Streams()
    app.state.closers = [*getattr(app.state, "closers", []), streams.close]

    @app.api_route("/dashboard", methods=_METHODS, include_in_schema=False)
    @app.api_route("/dashboard/{rest:path}", methods=_METHODS, include_in_schema=False)
    async def forward(request: Request, rest: str = "") -> Response:
        if not {".", ".."}.isdisjoint(rest.split("/")):  # would lead out of /dashboard/
            return problem(HTTPStatus.NOT_FOUND, f"There is nothing at {request.url.path}.")
        try:
            answer = await client.send(_readdress(request, origin), stream=True)
            if answer.headers.get("content-type", "").startswith(MEDIA_TYPE):
                return _pass_on(answer, streams, origin)
            try:
                body = b"".join([part async for part in answer.aiter_raw()])
            finally:
                await answer.aclose()
        except (httpx.HTTPError, httpx.InvalidURL):
            return _tell_unreachable()
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody is left to read it
        return _pass_back(answer, body, origin)


class _Streams:
    """The events under way; they end when the server is asked to stop."""

    def __init__(self) -> None:
        self._readers: set[asyncio.Task[bytes]] = set()
        self._closed = False

    async def pass_on(self, answer: httpx.Response) -> AsyncIterator[bytes]:
        """Yield what arrives until either side ends it."""
        parts = answer.aiter_raw()
        try:
            while not self._closed:
                part = await self._read(parts)
                if not part:
                    return
                yield part
        finally:
            await answer.aclose()

    async def _read(self, parts: AsyncIterator[bytes]) -> bytes:
        """Return the next part; nothing at the end, whoever brought it about."""
        reader = asyncio.ensure_future(_take(parts))
        self._readers.add(reader)
        try:
            await asyncio.wait([reader])
        finally:
            reader.cancel()
            self._readers.discard(reader)
        failed = reader.cancelled() or reader.exception() is not None
        return b"" if failed else reader.result()

    def close(self) -> None:
        """End all of them."""
        self._closed = True
        for reader in self._readers:
            reader.cancel()


async def _take(parts: AsyncIterator[bytes]) -> bytes:
    """Return the next part, nothing at the end."""
    return await anext(parts, b"")


def _pass_on(answer: httpx.Response, streams: _Streams, origin: httpx.URL) -> Response:
    response = StreamingResponse(streams.pass_on(answer), answer.status_code)
    _keep_headers(response, answer, origin)
    return response


def _parse_address(address: str) -> httpx.URL:
    try:
        origin = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise WrongSetting(f"ROOMTONE_DASHBOARD: {address} is no http address ({error}).") from None
    if not origin.host:
        raise WrongSetting(f"ROOMTONE_DASHBOARD: {address} names no host.")
    return origin


def _open_client(transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    # A jar that kept cookies would hand one teacher's to the next visitor.
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx.AsyncClient(
        transport=transport,
        timeout=PATIENCE_S,
        limits=httpx.Limits(keepalive_expiry=IDLE_S),
        cookies=no_cookies,
        trust_env=False,  # the dashboard is a neighbour: no proxy of the environment leads there
    )


def _close_with(app: FastAPI, client: httpx.AsyncClient) -> None:
    outer = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(running: FastAPI) -> AsyncIterator[Any]:
        async with outer(running) as state, client:
            yield state

    app.router.lifespan_context = lifespan


def _readdress(request: Request, origin: httpx.URL) -> httpx.Request:
    """Make the request that asks the dashboard the same, byte for byte; a body is streamed."""
    scope = request.scope
    target = b"?".join(filter(None, (scope["raw_path"], scope["query_string"])))
    ascii_target = quote(target, safe=punctuation).encode()
    headers = [*_keep(request.headers.raw), (b"x-forwarded-proto", request.url.scheme.encode())]
    has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
    return httpx.Request(
        request.method,
        origin.copy_with(raw_path=ascii_target),
        headers=headers,
        content=request.stream() if has_body else None,
    )


def _pass_back(answer: httpx.Response, body: bytes, origin: httpx.URL) -> Response:
    response = Response(body, answer.status_code)
    if answer.request.method == "HEAD":
        del response.headers["content-length"]  # the answer's own tells what a GET would bring
    _keep_headers(response, answer, origin)
    return response


def _keep_headers(response: Response, answer: httpx.Response, origin: httpx.URL) -> None:
    given = {b"date", *(name for name, _ in response.raw_headers)}  # the date this server says
    for name, value in _keep(answer.headers.raw):
        key = name.lower()
        if key not in given:
            kept = _stay_here(value, origin) if key == b"location" else value
            response.raw_headers.append((key, kept))


def _keep(headers: Iterable[Header]) -> list[Header]:
    """Drop the headers of one connection, those that it names, and those said anew."""
    found = list(headers)
    named = b",".join(value for name, value in found if name.lower() == b"connection")
    dropped = _HOP_BY_HOP | _NOT_PASSED_ON | {part.strip().lower() for part in named.split(b",")}
    return [(name, value) for name, value in found if name.lower() not in dropped]


def _stay_here(location: bytes, origin: httpx.URL) -> bytes:
    """Turn an address at the dashboard into the same address here."""
    here = f"{origin.scheme}://{origin.netloc.decode()}".encode()
    return location.removeprefix(here) if location.startswith(here + b"/") else location


def _tell_unreachable() -> Response:
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The dashboard can't be reached. Check that `roomtone dashboard` runs and that "
        "ROOMTONE_DASHBOARD is its address.",
        {"Retry-After": "2"},
    )
