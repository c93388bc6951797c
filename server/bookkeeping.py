"""An ASGI layer that keeps the ledger: outermost, so that nothing a source sends gets past it.

It notes each request when it comes and once more when it is over, whichever way: answered, refused
by another layer, broken off, cancelled, or ended by an exception. Why, the routes and the table of
errors say, through `Entry`.
"""

import asyncio
import re
import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.ledger import Reason, Sent
from server.metrics import Metrics
from server.schemas import Outcome
from server.verdicts import reason_of, reason_of_status

# As Starlette matches its paths, where `$` also matches before a line break.
_SENT: Final = re.compile(r"/api/v1/sessions/[^/]+/(frames|readings|self-reports)$")
_KINDS: Final = {"frames": Sent.FRAME, "readings": Sent.READING, "self-reports": Sent.SELF_REPORT}
_KEY: Final = "roomtone.entry"


class Entry:
    """One request in the books, and when it came how far (`time.perf_counter` seconds)."""

    __slots__ = ("asked_at", "came_at", "here_at", "judged_at", "sent", "status", "verdict")

    def __init__(self, sent: Sent) -> None:
        self.sent, self.came_at = sent, time.perf_counter()
        self.asked_at, self.here_at, self.judged_at = 0.0, 0.0, 0.0
        self.status = 0
        self.verdict: Outcome | Reason | None = None

    def judge(self, verdict: Outcome | Reason) -> None:
        """Say what becomes of it; only the first word counts, as what is counted stays so."""
        if self.verdict is None:
            self.verdict, self.judged_at = verdict, time.perf_counter()


def entry_of(scope: Scope) -> Entry | None:
    """Return the entry of a request; None for one that sends nothing to count."""
    entry: Entry | None = scope.get(_KEY)
    return entry


def judge_outcome(scope: Scope, outcome: Outcome) -> None:
    """Note that what a request sent was taken."""
    if (entry := entry_of(scope)) is not None:
        entry.judge(outcome)


def judge_error(scope: Scope, error: BaseException) -> None:
    """Note why what a request sent is refused."""
    if (entry := entry_of(scope)) is not None:
        entry.judge(reason_of(error))


class KeepLedger:
    """Keeps `metrics.ledger`, and the stages that only the edge sees."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note what came of it."""
        found = _SENT.match(scope["path"]) if scope["type"] == "http" else None
        if found is None or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        entry = Entry(_KINDS[found[1]])
        scope[_KEY] = entry
        self._metrics.ledger.receive(entry.sent)
        try:
            await self._app(scope, _watch_body(entry, receive), _watch_answer(entry, send))
        except asyncio.CancelledError:
            entry.judge(Reason.STOPPING)  # nothing else cancels a request
            raise
        except Exception as error:
            entry.judge(reason_of(error))
            raise
        finally:
            entry.judge(reason_of_status(entry.status))
            assert entry.verdict is not None  # noqa: S101 - it has just been judged
            self._metrics.ledger.settle(entry.sent, entry.verdict)
            self._observe(entry)

    def _observe(self, entry: Entry) -> None:
        if entry.verdict is not Outcome.COUNTED:
            return
        now = time.perf_counter()
        self._metrics.answer_seconds[entry.sent].observe(now - entry.here_at)
        if entry.sent is Sent.FRAME:
            self._metrics.stages.welcome.observe(entry.asked_at - entry.came_at)
            self._metrics.stages.receive.observe(entry.here_at - entry.asked_at)
            self._metrics.stages.answer.observe(now - entry.judged_at)


def _watch_body(entry: Entry, receive: Receive) -> Receive:
    async def watch() -> Message:
        if not entry.asked_at:
            entry.asked_at = time.perf_counter()
        message = await receive()
        if not entry.here_at and not message.get("more_body", False):
            entry.here_at = time.perf_counter()
        return message

    return watch


def _watch_answer(entry: Entry, send: Send) -> Send:
    async def watch(message: Message) -> None:
        if message["type"] == "http.response.start":
            entry.status = message["status"]
        await send(message)

    return watch
