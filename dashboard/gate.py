"""Who may see the dashboard: an ASGI layer before Dash, as Jupyter does it.

The link printed at start carries the token once; the gate puts it into an HttpOnly cookie and
sends the browser to the same address without it. The server alone knows which token is right, so
the gate asks it, and remembers the digest of a good one for `TRUST_S` seconds.
"""

import contextlib
import hashlib
import re
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import httpx
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.api import ServerProblem, SignedOut, TeacherApi
from dashboard.relay import find_call, is_from_elsewhere, pass_on, refuse_elsewhere
from dashboard.report_files import find_report, hand_out
from dashboard.sign_in import write_nowhere, write_sign_in
from dashboard.viewer import TOKEN_COOKIE, read_viewer
from server.languages import gettext, speaking

HOME: Final = "/dashboard/"
SIGN_IN, SIGN_OUT, ASSETS = f"{HOME}sign-in", f"{HOME}sign-out", f"{HOME}assets/"
SIGNED_IN: Final = f"{HOME}signed-in"
"""Answers 204 or 401 and nothing else: a page whose events go on asks it now and then."""
TRUST_S = 10.0
"""Seconds a token counts as good without asking the server again. Data is never trusted so: each
call for data carries the token, and the server checks it."""
MOST_TRUSTED = 100
MOST_FORM_BYTES = 4096
_FEED = re.compile(r"/dashboard/session/[\w-]{1,64}/live", re.ASCII)
_PAGE = re.compile(
    r"/dashboard/((session/[\w-]{1,64}(/join)?|recordings(/[\w-]{1,64})?|try|compare)/?"
    r"|course/.{1,2000})?",
    re.ASCII | re.DOTALL,
)


class Gate:
    """Lets a request through to Dash only with a good token in its cookie."""

    def __init__(
        self,
        dash: ASGIApp,
        http: httpx.AsyncClient,
        policy: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dash, self._http, self._policy, self._clock = dash, http, policy, clock
        self._trusted: dict[bytes, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request under `/dashboard`, or pass it on. Websockets are refused."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        request = Request(scope, receive)
        viewer = read_viewer(request.cookies, request.headers.get("accept-language"))
        with speaking(viewer.language), contextlib.suppress(ClientDisconnect):
            # broke off in a form or a call: nobody is left
            await self._pass(request, scope, receive, send)

    async def _pass(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        guarded = self._guard(send, keep=request.url.path.startswith(ASSETS))
        answer = await self._answer(request)
        if answer is not None:
            await answer(scope, receive, guarded)
            return
        await self._dash(_show_one_page(scope), receive, guarded)

    async def _answer(self, request: Request) -> Response | None:
        path, method = request.url.path, request.method
        if method == "POST" and path in (SIGN_IN, SIGN_OUT):
            return await self._sign_in(request) if path == SIGN_IN else _forget()
        if path in (HOME.rstrip("/"), SIGN_IN, SIGN_OUT):
            home = _address(HOME, request, keep_token=True)
            return RedirectResponse(home, 307 if method == "GET" else 303)
        if _PAGE.fullmatch(path) and method in ("GET", "HEAD"):
            return await self._admit_page(request)
        is_feed = method == "GET" and _FEED.fullmatch(path)
        if is_feed or path == SIGNED_IN or path.startswith((f"{HOME}_dash-", f"{HOME}_reload")):
            answered = Response(status_code=204) if path == SIGNED_IN else None
            return await self._admit_call(request) or answered
        if wanted := find_report(method, path):
            return await self._admit_page(request) or await hand_out(
                wanted, self._http, read_viewer(request.cookies)
            )
        return None if path.startswith(ASSETS) else await self._relay(request)

    async def _admit_page(self, request: Request) -> Response | None:
        here, offered = _address(_write_path(request), request), request.query_params.get("token")
        token = offered if offered is not None else request.cookies.get(TOKEN_COOKIE)
        if token is None:
            return HTMLResponse(write_sign_in(here), 401)
        refusal = await self._check(token)
        if refusal is not None:
            return HTMLResponse(write_sign_in(here, refusal[1]), refusal[0])
        if offered is None:
            return None
        return _remember(RedirectResponse(here, 303), token, request)

    async def _admit_call(self, request: Request) -> Response | None:
        refusal = await self._check(request.cookies.get(TOKEN_COOKIE, ""))
        return PlainTextResponse(refusal[1], refusal[0]) if refusal else None

    async def _relay(self, request: Request) -> Response:
        address = find_call(request.method, request.url.path)
        if address is None:
            return HTMLResponse(write_nowhere(), 404)
        if is_from_elsewhere(request):
            return refuse_elsewhere()
        refusal = await self._admit_call(request)
        return refusal or await pass_on(request, address, self._http, request.cookies[TOKEN_COOKIE])

    async def _sign_in(self, request: Request) -> Response:
        form = parse_qs((await _read_form(request)).decode(errors="replace"))
        token, wanted = form.get("token", [""])[0].strip(), form.get("next", [HOME])[0]
        wanted = wanted if _is_ours(wanted) or find_report("GET", wanted) else HOME
        refusal = await self._check(token)
        if refusal is not None:
            return HTMLResponse(write_sign_in(wanted, refusal[1]), refusal[0])
        return _remember(RedirectResponse(wanted, 303), token, request)

    async def _check(self, token: str) -> tuple[int, str] | None:
        """Return None for a good token, else a status and a sentence."""
        digest, now = hashlib.sha256(token.encode(errors="replace")).digest(), self._clock()
        if self._trusted.get(digest, 0.0) > now:
            return None
        self._trusted.pop(digest, None)
        try:
            await TeacherApi(self._http, token).list_sessions()
        except SignedOut:
            return 401, gettext("That is not this server’s token. Copy it once more, all of it.")
        except ServerProblem as problem:
            return 503, f"{problem} " + gettext("Try again in a moment.")
        if len(self._trusted) >= MOST_TRUSTED:
            self._trusted.clear()
        self._trusted[digest] = now + TRUST_S
        return None

    def _guard(self, send: Send, *, keep: bool) -> Send:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", self._policy)
                headers["Referrer-Policy"] = "no-referrer"
                headers["X-Content-Type-Options"] = "nosniff"
                if not keep and "cache-control" not in headers:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        return send_guarded


def _show_one_page(scope: Scope) -> Scope:
    """Send every page to Dash's index: which page it is, the browser reads from its own address."""
    if not _PAGE.fullmatch(scope["path"]):
        return scope
    return {**scope, "path": HOME, "raw_path": HOME.encode()}


def _is_ours(wanted: str) -> bool:
    """Tell whether an address is one of the dashboard's pages, with or without a query."""
    return wanted.startswith(HOME) and bool(_PAGE.fullmatch(urlsplit(wanted).path))


def _write_path(request: Request) -> str:
    """Return the path as an address has it; a course may be called anything."""
    return quote(request.scope["path"], safe="/!$&'()*+,;=:@")


def _address(path: str, request: Request, *, keep_token: bool = False) -> str:
    """Return the path with the request's query, but without a token in it when on a page."""
    rest = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if name != "token" or keep_token
    ]
    return f"{path}?{urlencode(rest)}" if rest else path


def _remember(response: Response, token: str, request: Request) -> Response:
    response.set_cookie(
        TOKEN_COOKIE,
        token,
        path="/dashboard",
        httponly=True,
        samesite="strict",
        secure="https" in (request.url.scheme, request.headers.get("x-forwarded-proto")),
    )
    return response


def _forget() -> Response:
    response = RedirectResponse(HOME, 303)
    response.delete_cookie(TOKEN_COOKIE, path="/dashboard", httponly=True, samesite="strict")
    return response


async def _read_form(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_FORM_BYTES:
            return b""
    return body
