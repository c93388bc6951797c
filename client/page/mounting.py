"""Serves the student's page: `/join`, `/join/{code}` and `/join-assets/…`.

What a code leads to is asked of the API over HTTP, in this process and without a socket, so that
wrong codes are counted there and nowhere else. Imports `server.schemas` and `server.languages`.
"""

import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from client.page.rendering import Trouble, render_code_form, render_invitation
from server.languages import choose_language, speaking
from server.schemas import Invitation

ASSETS: Final = Path(__file__).parent / "assets"
_SHOWN_AS_IS: Final = {".css", ".js", ".svg"}

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob: mediastream:; connect-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline and nothing from anywhere else."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(self), screen-wake-lock=(self), microphone=(), "
    "geolocation=(), display-capture=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_TROUBLES: Final = {404: Trouble.UNKNOWN_CODE, 429: Trouble.TOO_MANY_TRIES}


@dataclass(frozen=True)
class _Asset:
    body: bytes
    media_type: str
    digest: str


def mount_student_page(app: FastAPI) -> None:
    """Serve the student's page as part of `app`, which has the API."""
    assets = _read_assets()

    @app.get("/join", include_in_schema=False)
    async def ask_for_code(request: Request, code: str | None = None) -> Response:
        tidy = tidy_typed_code(code or "")
        if tidy:
            return RedirectResponse(_keep_language(f"/join/{tidy}", request), 303, HEADERS)
        with speaking(_language_of(request)):
            trouble = Trouble.UNKNOWN_CODE if (code or "").strip() else None
            return _page(render_code_form(trouble, code or ""), 404 if trouble else 200)

    @app.get("/join/{code}", include_in_schema=False)
    async def show_invitation(request: Request, code: str) -> Response:
        tidy = tidy_typed_code(code)
        with speaking(_language_of(request)):
            if not tidy:
                return _page(render_code_form(Trouble.UNKNOWN_CODE, code), 404)
            answer = await _ask_invitation(app, request, tidy)
            if answer.status_code != 200:
                return _refuse(answer, tidy)
            invitation = Invitation.model_validate_json(answer.content)
            if code != invitation.join_code:
                address = f"/join/{invitation.join_code}"
                return RedirectResponse(_keep_language(address, request), 303, HEADERS)
            return _page(render_invitation(invitation, request.url.netloc), 200)

    @app.get("/join-assets/{name}", include_in_schema=False)
    async def send_asset(request: Request, name: str) -> Response:
        asset = assets.get(name)
        if asset is None:
            return Response("There is no such file.", 404, HEADERS, "text/plain")
        headers = {**HEADERS, "Cache-Control": "no-cache", "ETag": asset.digest}
        if request.headers.get("if-none-match") == asset.digest:
            return Response(status_code=304, headers=headers)
        return Response(asset.body, 200, headers, asset.media_type)


def tidy_typed_code(typed: str) -> str:
    """Return a code as it is written, `K7MQ-2RXD`, from what somebody typed or pasted.

    Small letters, spaces, a missing dash and the whole link are all understood. Empty where
    nothing of it can be a code.
    """
    last = typed.strip().rstrip("/").rpartition("/")[2].partition("?")[0].upper()
    letters = "".join(re.findall("[A-Z0-9]", last))[:20]
    return f"{letters[:4]}-{letters[4:]}" if letters else ""


async def _ask_invitation(app: FastAPI, request: Request, code: str) -> httpx.Response:
    """Ask the API what the code leads to, in the visitor's name: it counts wrong codes by it."""
    visitor = (request.client.host, request.client.port) if request.client else ("127.0.0.1", 0)
    inside = httpx.ASGITransport(app, raise_app_exceptions=False, client=visitor)
    async with httpx.AsyncClient(transport=inside, base_url="http://roomtone.internal") as http:
        return await http.get(f"/api/v1/join/{quote(code, safe='')}")


def _refuse(answer: httpx.Response, code: str) -> Response:
    trouble = _TROUBLES.get(answer.status_code, Trouble.SERVER_AWAY)
    shown = _page(render_code_form(trouble, code), answer.status_code)
    if "retry-after" in answer.headers:
        shown.headers["Retry-After"] = answer.headers["retry-after"]
    return shown


def _page(html: str, status: int) -> HTMLResponse:
    return HTMLResponse(html, status, {**HEADERS, "Cache-Control": "no-store"})


def _language_of(request: Request) -> str:
    chosen = request.query_params.get("language")
    return choose_language(chosen, request.headers.get("accept-language"))


def _keep_language(address: str, request: Request) -> str:
    chosen = request.query_params.get("language")
    return f"{address}?language={quote(chosen, safe='')}" if chosen else address


def _read_assets() -> dict[str, _Asset]:
    found = {}
    for path in ASSETS.iterdir():
        if path.suffix in _SHOWN_AS_IS:
            body = path.read_bytes()
            kind = mimetypes.types_map.get(path.suffix, "application/octet-stream")
            kind = "text/javascript" if path.suffix == ".js" else kind
            digest = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            found[path.name] = _Asset(body, kind, digest)
    return found
