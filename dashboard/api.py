"""The typed client of the server's REST contract, as the teacher uses it.

Speaks `server.schemas` over whatever `httpx.AsyncClient` it is given: a socket to another machine,
or the API of this very process. Every failure becomes a `ServerProblem` with a sentence for the
page; nothing else is raised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from server.languages import gettext, spoken_language
from server.schemas import Comparison, Mood, NewSession, Problem, Report, Session

SESSIONS = "/api/v1/sessions"
PATIENCE_S = 8.0
"""Seconds to wait for one answer before the page says that the server can't be reached."""
REPORT_PATIENCE_S = 60.0
"""The same for a report, which may have to be made first."""

Answer = TypeVar("Answer")


class ServerProblem(Exception):
    """The server did not do what was asked. `str()` is a sentence for the teacher."""


class ServerUnreachable(ServerProblem):
    """No answer came: not started, gone, or the network is down."""


class SignedOut(ServerProblem):
    """The token is missing, wrong or no longer valid."""


class SessionGone(ServerProblem):
    """There is no such session, or no longer."""


_NAMED: dict[int, type[ServerProblem]] = {
    HTTPStatus.UNAUTHORIZED: SignedOut,
    HTTPStatus.FORBIDDEN: SignedOut,
    HTTPStatus.NOT_FOUND: SessionGone,
}


@dataclass(frozen=True)
class TeacherApi:
    """The server as one teacher sees it. Lives for one request and holds the token only so long."""

    http: httpx.AsyncClient
    token: str = field(repr=False)

    async def list_sessions(self) -> list[Session]:
        """Return all sessions, newest first. Raises `ServerProblem`."""
        found = _parse(list[Session], await self._ask("GET", SESSIONS))
        return sorted(found, key=lambda session: session.started_at, reverse=True)

    async def start_session(self, wish: NewSession) -> Session:
        """Start a session. Raises `ServerProblem`."""
        return _parse(Session, await self._ask("POST", SESSIONS, json=wish.model_dump()))

    async def read_session(self, session_id: str) -> Session:
        """Return one session. Raises `ServerProblem`."""
        return _parse(Session, await self._ask("GET", f"{SESSIONS}/{session_id}"))

    async def end_session(self, session_id: str) -> None:
        """End a live session. Raises `ServerProblem`."""
        await self._ask("POST", f"{SESSIONS}/{session_id}/end")

    async def erase_session(self, session_id: str) -> None:
        """Erase a session and all that was counted in it. Raises `ServerProblem`."""
        await self._ask("DELETE", f"{SESSIONS}/{session_id}")

    async def read_report(self, session_id: str) -> Report:
        """Return the report of an ended session, in the language spoken here.

        Waits while it is being made. Raises `ServerProblem`.
        """
        answer = await self._ask(
            "GET",
            f"{SESSIONS}/{session_id}/report",
            params={"lang": spoken_language()},
            patience_s=REPORT_PATIENCE_S,
        )
        return _parse(Report, answer)

    async def read_mood(
        self, session_id: str, *, bucket_s: int | None = None, since: datetime | None = None
    ) -> Mood:
        """Return the mood from `since` on, bucket by bucket (seconds). Raises `ServerProblem`."""
        query = _ask_for(bucket_s, since)
        return _parse(Mood, await self._ask("GET", f"{SESSIONS}/{session_id}/mood", params=query))

    async def await_mood(
        self,
        session_id: str,
        *,
        bucket_s: int | None = None,
        since: datetime | None = None,
        tag: str | None = None,
        wait_s: int,
    ) -> tuple[Mood | None, str | None]:
        """Return the mood once it is another one than `tag` names, and its own tag.

        The mood is None where it was still the same after `wait_s` seconds. Raises `ServerProblem`.
        """
        known = {"If-None-Match": tag, "Prefer": f"wait={wait_s}"} if tag else {}
        answer = await self._ask(
            "GET",
            f"{SESSIONS}/{session_id}/mood",
            params=_ask_for(bucket_s, since),
            headers=known,
            patience_s=wait_s + PATIENCE_S,
        )
        if answer.status_code == HTTPStatus.NOT_MODIFIED:
            return None, tag
        return _parse(Mood, answer), answer.headers.get("ETag")

    async def read_comparison(self, session_ids: Sequence[str], aligned_by: str) -> Comparison:
        """Return sessions beside each other, `time` or `segment`. Raises `ServerProblem`."""
        query: dict[str, str | int | list[str]] = {
            "session": list(session_ids),
            "aligned_by": aligned_by,
            "lang": spoken_language(),
        }
        told = await self._ask(
            "GET", "/api/v1/comparison", params=query, patience_s=REPORT_PATIENCE_S
        )
        return _parse(Comparison, told)

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | list[str]] | None = None,
        json: object = None,
        headers: dict[str, str] | None = None,
        patience_s: float = PATIENCE_S,
    ) -> httpx.Response:
        if not (self.token.isascii() and self.token.isprintable() and self.token):
            raise SignedOut(
                gettext("That is not a token: it has letters, digits, “-” and “_” only.")
            )
        headers = {**(headers or {}), "Authorization": f"Bearer {self.token}"}
        try:
            answer = await self.http.request(
                method, path, headers=headers, timeout=patience_s, params=params, json=json
            )
        except httpx.HTTPError as error:
            raise ServerUnreachable(gettext("The Roomtone server can’t be reached.")) from error
        if answer.is_error:
            raise _NAMED.get(answer.status_code, ServerProblem)(_explain(answer))
        return answer


def _ask_for(bucket_s: int | None, since: datetime | None) -> dict[str, str | int]:
    query: dict[str, str | int] = {}
    if bucket_s is not None:
        query["bucket_s"] = bucket_s
    if since is not None:
        query["since"] = since.isoformat()
    return query


def _parse(kind: type[Answer], answer: httpx.Response) -> Answer:
    try:
        return TypeAdapter(kind).validate_json(answer.content)
    except ValidationError as error:
        raise ServerProblem(
            gettext(
                "The server answered in a way this dashboard does not understand. "
                "Update both to the same version of Roomtone."
            )
        ) from error


def _explain(answer: httpx.Response) -> str:
    try:
        return Problem.model_validate_json(answer.content).detail
    except ValidationError:
        return gettext("The server answered {status} without saying why. Try again.").format(
            status=answer.status_code
        )
