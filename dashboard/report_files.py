"""The report's files, handed out by the gate: opened in a tab of their own, or saved.

The browser can't send the token, so the gate asks the API for each and passes on what comes, piece
by piece. What goes wrong is told as a page for people, in their language.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import httpx
from starlette.responses import HTMLResponse, Response, StreamingResponse

from dashboard.sign_in import write_problem, write_sign_in
from dashboard.viewer import Viewer
from server.languages import gettext, spoken_language
from server.schemas import Problem, ReportFormat

PATIENCE_S: Final = 60.0
"""Seconds to wait for a report that must be made first; of two hours it takes ten."""
POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'; sandbox allow-scripts allow-modals allow-downloads"
)
"""The report is a page without a network and, by the sandbox, without our cookie: whatever were to
run in it could do nothing in the teacher's name. Its own policy narrows this further."""

_ADDRESS = re.compile(r"/dashboard/session/([\w-]{1,64})/report(?:\.([a-z]{3,7}))?", re.ASCII)
_MEDIA_TYPES: Final = {
    ReportFormat.JSON: "application/json",
    ReportFormat.HTML: "text/html; charset=utf-8",
    ReportFormat.PDF: "application/pdf",
    ReportFormat.CSV: "text/csv; charset=utf-8",
    ReportFormat.PARQUET: "application/vnd.apache.parquet",
}


@dataclass(frozen=True)
class WantedReport:
    """Which report is asked for, and whether to look at it instead of saving it."""

    session_id: str
    kind: ReportFormat
    opened: bool

    @property
    def home(self) -> str:
        """The address of the session's page."""
        return f"/dashboard/session/{self.session_id}"

    @property
    def address(self) -> str:
        """The report's own address."""
        return f"{self.home}/report" + ("" if self.opened else f".{self.kind}")


def find_report(method: str, path: str) -> WantedReport | None:
    """Return what an address asks for: `…/report` to look at, `…/report.pdf` to save; or None."""
    found = _ADDRESS.fullmatch(path)
    if method not in ("GET", "HEAD") or found is None:
        return None
    if found[2] is None:
        return WantedReport(found[1], ReportFormat.HTML, opened=True)
    known = found[2] in set(ReportFormat)
    return WantedReport(found[1], ReportFormat(found[2]), opened=False) if known else None


async def hand_out(wanted: WantedReport, http: httpx.AsyncClient, viewer: Viewer) -> Response:
    """Return the report in the language spoken here, streamed; or a page that says why not."""
    asked = {"format": wanted.kind.value, "lang": spoken_language(), "zone": viewer.zone_name}
    request = http.build_request(
        "GET",
        f"/api/v1/sessions/{wanted.session_id}/report",
        params={name: value for name, value in asked.items() if value},
        headers={"Authorization": f"Bearer {viewer.token}", "Accept-Encoding": "identity"},
        timeout=PATIENCE_S,
    )
    try:
        answer = await http.send(request, stream=True)
        if answer.is_success:
            return StreamingResponse(_pass_on(answer), 200, _describe(wanted, answer))
        await answer.aread()
    except httpx.HTTPError:
        return _refuse(wanted, 503, gettext("The Roomtone server can’t be reached."))
    return _explain(wanted, answer)


async def _pass_on(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_raw():
            yield piece
    finally:
        await answer.aclose()


def _describe(wanted: WantedReport, answer: httpx.Response) -> dict[str, str]:
    told = {"Cache-Control": "private, no-store", "Content-Security-Policy": POLICY}
    told["Content-Type"] = answer.headers.get("content-type", _MEDIA_TYPES[wanted.kind])
    if "content-length" in answer.headers:
        told["Content-Length"] = answer.headers["content-length"]
    named = answer.headers.get("content-disposition", "")
    if not named.startswith("attachment"):
        named = f'attachment; filename="roomtone-{wanted.session_id}.{wanted.kind}"'
    told["Content-Disposition"] = "inline" if wanted.opened else named
    return told


def _explain(wanted: WantedReport, answer: httpx.Response) -> Response:
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        return HTMLResponse(write_sign_in(wanted.home), 401)
    says = {
        404: gettext("There is no such session. It may have been deleted."),
        409: gettext("The session is still running. Its report is there as soon as it ends."),
    }
    try:
        told = Problem.model_validate_json(answer.content).detail
    except ValueError:
        told = gettext("The server answered {status} without saying why. Try again.").format(
            status=answer.status_code
        )
    return _refuse(wanted, answer.status_code, says.get(answer.status_code, told))


def _refuse(wanted: WantedReport, status: int, why: str) -> Response:
    home = "/dashboard/" if status == HTTPStatus.NOT_FOUND else wanted.home
    way_on = (
        gettext("Back to your sessions")
        if home == "/dashboard/"
        else gettext("Back to the session")
    )
    retry = {} if status in (404, 409) else {wanted.address: gettext("Try again")}
    page = write_problem(gettext("There is no report to show"), why, {**retry, home: way_on})
    return HTMLResponse(page, status)
