"""What the teacher's page does by itself: calls of its JavaScript, passed on to the API.

The browser holds the token in a cookie that no script can read, so the gate adds it here. Only the
calls of `CALLS` pass. Bodies are streamed and never held: how large they may be, the API says.
"""

import re
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final

import httpx
from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from server.languages import gettext
from server.schemas import FrameAnswer, Problem

PAGE_HEADER: Final = "roomtone-page"
"""A header that only scripts of this page can set: for a script of another address a browser asks
first whether it may, and is never told yes."""
PATIENCE_S: Final = 30.0
"""Seconds to wait for the answer to a call; a gallery of 49 faces may queue behind others."""
CALLS: Final = {
    r"frames": {"POST"},
    r"markers": {"POST"},
    r"markers/[\w-]{1,64}": {"PATCH", "DELETE"},
    r"outline": {"PUT", "DELETE"},
    r"outline/\d{1,6}/begin": {"POST", "DELETE"},
    r"engagement-profile": {"PUT", "DELETE"},
    r"transcript": {"GET", "PUT", "DELETE"},
}
"""The calls that pass, below a session's address, with their methods."""
_VIDEO: Final = r"videos/[\w-]{1,64}"
OWN_CALLS: Final = {
    r"analyze": {"POST"},
    r"courses": {"GET"},
    r"session/[\w-]{1,64}": {"PATCH"},
    r"videos": {"GET", "POST"},
    _VIDEO: {"GET", "PATCH", "DELETE"},
    rf"{_VIDEO}/cancel": {"POST"},
    rf"{_VIDEO}/frames": {"GET", "DELETE"},
    rf"{_VIDEO}/frames/\d{{1,9}}(/picture)?": {"GET"},
}
"""The calls that pass below `/dashboard/`: of the teacher's own pictures and recordings, of
courses, and of a session's title and course."""

_SESSION = re.compile(r"/dashboard(/session/([\w-]{1,64})/(.+))", re.ASCII)
_OWN = re.compile(r"/dashboard/((analyze|courses|videos).*|session/[^/]+)", re.ASCII)
_FRAMES = re.compile(r"/api/v1/sessions/[^/]+/frames")
_PASSED_ON = (
    "content-type", "content-length", "frame-seq", "prefer", "upload-offset", "video-key",
)  # fmt: skip
_PASSED_BACK = ("content-type", "retry-after", "upload-offset")


def find_call(method: str, path: str) -> str | None:
    """Return the API's address for a call of the page, or None where there is none."""
    if own := _OWN.fullmatch(path):
        there = own[1].replace("session/", "sessions/", 1)
        return f"/api/v1/{there}" if _passes(method, own[1], OWN_CALLS) else None
    found = _SESSION.fullmatch(path)
    if found is None or not _passes(method, found[3], CALLS):
        return None
    return f"/api/v1/sessions/{found[2]}/{found[3]}"


def _passes(method: str, rest: str, calls: dict[str, set[str]]) -> bool:
    return any(
        re.fullmatch(form, rest, re.ASCII) and method in methods for form, methods in calls.items()
    )


def is_from_elsewhere(request: Request) -> bool:
    """Tell whether another page made the browser send this (cross-site request forgery)."""
    site = request.headers.get("sec-fetch-site", "same-origin")  # told by browsers over https only
    return site != "same-origin" or PAGE_HEADER not in request.headers


def refuse_elsewhere() -> Response:
    """Answer a call that another page made."""
    return _tell(
        HTTPStatus.FORBIDDEN, gettext("Only the dashboard’s own pages may do this. Open it anew.")
    )


async def pass_on(request: Request, address: str, http: httpx.AsyncClient, token: str) -> Response:
    """Ask the API the same as the teacher, and answer what it answers.

    Of the answer to a frame of a session only the number of faces goes on: what each of them shows
    is no business of the page. Pictures and recordings of the teacher's own are answered whole.
    Raises `ClientDisconnect` where the body breaks off.
    """
    body = _Body(request)
    headers = {n: request.headers[n] for n in _PASSED_ON if n in request.headers}
    headers["Authorization"] = f"Bearer {token}"
    try:
        answer = await http.request(
            request.method, address, params=request.url.query or None, headers=headers,
            content=None if request.method == "GET" else body.read(), timeout=PATIENCE_S,
        )  # fmt: skip
    except Exception as error:
        if body.broke_off:  # whatever became of the call then, nobody waits for it
            raise ClientDisconnect from error
        if not isinstance(error, httpx.HTTPError):
            raise
        return _tell(
            HTTPStatus.SERVICE_UNAVAILABLE,
            gettext("The Roomtone server can’t be reached. Try again in a moment."),
            {"Retry-After": "2"},
        )
    if answer.is_success and _FRAMES.fullmatch(address):
        return _tell_number(answer)
    kept = {name: answer.headers[name] for name in _PASSED_BACK if name in answer.headers}
    return Response(answer.content, answer.status_code, kept)


class _Body:
    """The body as it arrives; remembers whether it broke off."""

    def __init__(self, request: Request) -> None:
        self._request, self.broke_off = request, False

    async def read(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._request.stream():
                yield part
        except ClientDisconnect:
            self.broke_off = True
            raise


def _tell_number(answer: httpx.Response) -> Response:
    try:
        told = FrameAnswer.model_validate_json(answer.content)
    except ValidationError:
        return _tell(
            HTTPStatus.BAD_GATEWAY,
            gettext(
                "The server answered in a way this dashboard does not understand. "
                "Update both to the same version of Roomtone."
            ),
        )
    return JSONResponse({"outcome": told.outcome, "faces": len(told.faces)})


def _tell(status: HTTPStatus, detail: str, headers: dict[str, str] | None = None) -> Response:
    problem = Problem(title=status.phrase, status=status, detail=detail)
    kind = "application/problem+json"
    return JSONResponse(problem.model_dump(), status, headers, media_type=kind)
