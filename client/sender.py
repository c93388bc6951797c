"""The HTTP side of a source: joining, and bringing one frame across whatever happens.

Nothing here knows where frames come from. The `httpx.Client` is passed in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from client.pacing import Clock
from server.schemas import FrameAnswer, Joined, JoinRequest

FIRST_BACKOFF, LONGEST_BACKOFF = 0.5, 10.0
LONGEST_RETRY_AFTER = 30.0
"""However long a server asks to wait, look again after so many seconds."""

Schema = TypeVar("Schema", bound=BaseModel)


class StreamStopped(Exception):
    """The stream can't go on; the message is a sentence for who started it."""


class CannotJoin(StreamStopped):
    """No session was joined."""


class SessionEnded(StreamStopped):
    """The teacher ended the session. The ordinary end of a stream."""


class TicketRefused(StreamStopped):
    """The server no longer takes this source."""


class ServerLost(StreamStopped):
    """No answer for longer than one's patience."""


@dataclass(frozen=True)
class Busy:
    """The server had no room; it counted nothing. Seconds to wait."""

    retry_after: float


@dataclass(frozen=True)
class Refused:
    """The server would not take this frame, and never will."""

    reason: str


def join_session(client: httpx.Client, code: str, clock: Clock, *, tries: int = 5) -> Joined:
    """Join by code. Waits for a busy or starting server. Raises `CannotJoin`."""
    wish = JoinRequest.model_construct(join_code=code).model_dump()
    for tried in range(1, tries + 1):
        try:
            answer = client.post("/api/v1/join", json=wish)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise CannotJoin(
                f"No Roomtone server answers at {client.base_url} ({error}). "
                "Check the address, and that `roomtone serve` runs there."
            ) from error
        if (
            answer.status_code not in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
            or tried == tries
        ):
            break
        clock.sleep(_retry_after(answer, FIRST_BACKOFF * 2**tried))
    return _read_ticket(answer, code, str(client.base_url))


def _read_ticket(answer: httpx.Response, code: str, server: str) -> Joined:
    if answer.status_code == HTTPStatus.NOT_FOUND and _is_problem(answer):
        raise CannotJoin(
            f"No session has the join code {code}. Check it, or ask the teacher for a new link."
        )
    if answer.status_code == HTTPStatus.CONFLICT:
        raise CannotJoin("The session has ended. Ask the teacher for the link of a new one.")
    joined = _parse(Joined, answer) if answer.is_success else None
    if joined is None:
        raise CannotJoin(_explain(answer, f"{server} does not answer as a Roomtone server"))
    return joined


class Sender:
    """Brings frames of one source across, one at a time."""

    def __init__(
        self,
        client: httpx.Client,
        ticket: Joined,
        clock: Clock,
        *,
        patience: float = 300.0,
        on_lost: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Take the ticket; give up after `patience` seconds without an answer."""
        self._client, self._clock, self._patience = client, clock, patience
        self._path = f"/api/v1/sessions/{ticket.session_id}/frames"
        self._token, self._on_lost = ticket.token, on_lost

    def send(self, seq: int, jpeg: bytes) -> FrameAnswer | Busy | Refused:
        """Send one frame until its outcome is known, always under the same number.

        A lost connection leaves open whether the frame was counted; the same number lets the
        server tell. Raises `SessionEnded`, `TicketRefused` or `ServerLost`.
        """
        backoff, lost_at = FIRST_BACKOFF, self._clock.now()
        while True:
            answer, trouble = self._try(seq, jpeg)
            if answer is not None and not answer.is_server_error:
                return self._judge(answer)
            if self._clock.now() - lost_at >= self._patience:
                raise ServerLost(f"The server gave no answer for {self._patience:.0f} s: {trouble}")
            self._on_lost(trouble)
            self._clock.sleep(_retry_after(answer, backoff) if answer is not None else backoff)
            backoff = min(backoff * 2, LONGEST_BACKOFF)

    def _try(self, seq: int, jpeg: bytes) -> tuple[httpx.Response | None, str]:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "image/jpeg",
            "Frame-Seq": str(seq),
        }
        try:
            answer = self._client.post(self._path, content=jpeg, headers=headers)
        except httpx.TransportError as error:
            return None, f"No connection ({str(error) or type(error).__name__})."
        return answer, _explain(answer, "the server can't answer just now")

    def _judge(self, answer: httpx.Response) -> FrameAnswer | Busy | Refused:
        match answer.status_code:
            case HTTPStatus.OK:
                counted = _parse(FrameAnswer, answer)
                if counted is None:
                    raise TicketRefused("The server's answer is not one of Roomtone's.")
                return counted
            case HTTPStatus.TOO_MANY_REQUESTS:
                return Busy(_retry_after(answer, 1.0))
            case HTTPStatus.CONFLICT:
                raise SessionEnded("The session has ended.")
            case HTTPStatus.NOT_FOUND:
                raise TicketRefused("The session is gone: the teacher has deleted it.")
            case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN | HTTPStatus.GONE:
                raise TicketRefused(_explain(answer, "The server no longer takes this source"))
            case _:
                return Refused(_explain(answer, "The server would not take the frame"))


def _retry_after(answer: httpx.Response, otherwise: float) -> float:
    """Read Retry-After in seconds; dates and nonsense count as absent."""
    try:
        asked = float(answer.headers.get("Retry-After", otherwise))
    except ValueError:
        asked = otherwise
    return min(max(asked, 0.05), LONGEST_RETRY_AFTER)


def _parse(schema: type[Schema], answer: httpx.Response) -> Schema | None:
    """Read an answer; fields that a newer server adds are passed over."""
    try:
        return schema.model_validate_json(answer.content, extra="ignore")
    except ValidationError:
        return None


def _is_problem(answer: httpx.Response) -> bool:
    return "json" in answer.headers.get("Content-Type", "")


def _explain(answer: httpx.Response, otherwise: str) -> str:
    """Say what the server said of its error, or what the status means to us."""
    if answer.is_redirect:
        return f"The server has moved to {answer.headers.get('Location')}; use that as --server."
    try:
        detail = answer.json().get("detail")
    except (ValueError, AttributeError):
        detail = None
    return detail if isinstance(detail, str) and detail else f"{otherwise} ({answer.status_code})."
