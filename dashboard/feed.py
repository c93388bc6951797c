"""One feed for everybody who looks at the same page: it waits for news, draws once, tells all.

A feed asks the server as its viewers would, by a call that waits (docs/live.md), so that it works
inside the server's process and over a socket.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any, Final

import structlog
from dash import no_update

from dashboard.api import ServerProblem, SessionGone, SignedOut, TeacherApi
from dashboard.callbacks.asking import explain
from dashboard.drawing import PARTS, compose, redraw_lesson
from dashboard.easel import Easel
from dashboard.sheet import SHOWN, Sheet, to_bytes
from dashboard.timeline import REACH_BACK, lesson_bucket, stretch_of
from dashboard.view import View
from dashboard.viewer import Viewer
from dashboard.views import empty
from dashboard.views.words import notice
from server.event_stream import write_event
from server.languages import gettext, speaking
from server.schemas import Mood

WAIT_S: Final = 20
AGAIN_S: Final = 1.0
"""Pause after a failure, and between questions to a server that keeps nobody waiting."""
SINCE_STEP_S: Final = 30
"""What is asked for moves in steps, so that between them the same mood is asked for."""
LESSON_S: Final = 10.0
WHOLE_S: Final = 2.0
"""Least time between two readings of the whole lesson: as a strip, and as the large chart."""
CLOCK_SLACK: Final = timedelta(seconds=5)
BEAT_S: Final = 2.5
LIFE_S: Final = 300.0
"""A stream ends after so long, so that the gate asks again who is there. The page reconnects."""

BEAT: Final = write_event("beat", b"1")
_PROBLEM: Final = "live-problem.children"
_log = structlog.get_logger()


class Feed:
    """One page: session, viewer (token, zone, language) and view.

    over: how it ended, `signed-out` or `gone`; None while it goes on.
    """

    def __init__(
        self, api: TeacherApi, viewer: Viewer, session_id: str, view: View, easel: Easel
    ) -> None:
        self._api, self._viewer, self._session_id = api, viewer, session_id
        self._view, self._easel = view, easel
        self.sheet, self.over, self.followers = Sheet(), "", 0
        self._bell, self._closed = asyncio.Event(), False
        self._digests: dict[str, str] = {}
        self._tag: str | None = None
        self._bucket: int | None = None
        self._ahead = timedelta(0)
        self._lesson: Mood | None = None
        self._lesson_at, self._lesson_digest = -LESSON_S, ""
        self._at, self._failing = "", False
        self._task = asyncio.create_task(self._run())

    def close(self) -> None:
        """End the feed and everybody's stream."""
        self._closed = True
        self._task.cancel()
        self._ring()

    async def tell(self, name: str) -> AsyncIterator[bytes]:
        """Yield events: all that came after the event `name`, then whatever changes.

        Between them `BEAT`, as a sign of life. The last one says how the feed ended.
        """
        version, until = self.sheet.find_version(name), monotonic() + LIFE_S
        yield BEAT
        while not self._closed and monotonic() < until:
            bell = self._bell
            if self.sheet.version > version:
                event, version = self.sheet.tell_since(version), self.sheet.version
                yield event
            elif self.over:
                yield write_event(self.over, b"1")
                return
            elif not await _rings(bell, BEAT_S):
                yield BEAT

    async def _run(self) -> None:
        while not self.over:
            try:
                await self._take_news()
            except SessionGone:
                self._show_gone()
            except SignedOut:
                self._end("signed-out")
            except ServerProblem as problem:
                self._show_problem(problem)
                await asyncio.sleep(AGAIN_S)
            except Exception as error:  # noqa: BLE001  a feed that ended would tell nothing again
                _log.error("a feed failed; it goes on", exc_info=error)
                self._digests.clear()
                await asyncio.sleep(AGAIN_S)

    async def _take_news(self) -> None:
        mood = await self._ask(0 if self._failing else WAIT_S)  # to say at once that it is back
        if mood is None:
            self._publish({})
            return
        if mood.session.ended_at is not None and self._bucket is None:
            self._bucket, self._tag = lesson_bucket(mood.session, mood.session.ended_at), None
            return
        lesson, is_new = await self._read_lesson(mood)
        paint = partial(self._paint, mood, lesson, with_strip=is_new)
        self._publish(await self._easel.draw(paint))
        if self._tag is None:
            await asyncio.sleep(AGAIN_S)

    async def _ask(self, wait_s: int) -> Mood | None:
        """Return the mood if it changed; asks again where this clock runs ahead of the server's."""
        while True:
            since = self._since()
            mood, self._tag = await self._api.await_mood(
                self._session_id,
                bucket_s=self._bucket,
                since=None if self._bucket else since,
                tag=self._tag,
                wait_s=wait_s,
            )
            if mood is None or mood.session.ended_at is not None:
                return mood
            ahead = datetime.now(UTC) - stretch_of(mood.now).end
            self._ahead = ahead if ahead > CLOCK_SLACK else timedelta(0)
            if self._since() >= since:
                return mood
            self._tag = None

    def _since(self) -> datetime:
        """Return from when on moods are asked for, by the server's clock."""
        begin = (datetime.now(UTC) - self._ahead - REACH_BACK).timestamp()
        return datetime.fromtimestamp(begin // SINCE_STEP_S * SINCE_STEP_S, UTC)

    async def _read_lesson(self, mood: Mood) -> tuple[Mood | None, bool]:
        """Return the whole lesson while it is live, and whether it was read anew."""
        if mood.session.ended_at is not None:
            return None, False
        if monotonic() - self._lesson_at < (WHOLE_S if self._view.whole else LESSON_S):
            return self._lesson, False
        bucket = lesson_bucket(mood.session, stretch_of(mood.now).end)
        self._lesson = await self._api.read_mood(self._session_id, bucket_s=bucket)
        self._lesson_at = monotonic()
        return self._lesson, True

    def _paint(self, mood: Mood, lesson: Mood | None, *, with_strip: bool) -> dict[str, bytes]:
        """Draw what differs from what was drawn last; return it as JSON by `id.property`."""
        drawn: dict[str, bytes] = {}
        with speaking(self._viewer.language):
            whole = lesson if self._view.whole else None
            for name, part in compose(mood, self._viewer, self._view, whole).items():
                digest = part.digest
                if self._digests.get(name) != digest:
                    drawn[".".join(PARTS[name])] = to_bytes(part.draw())
                    self._digests[name] = digest
            if with_strip and lesson is not None:
                drawn |= self._paint_strip(lesson)
        return drawn

    def _paint_strip(self, lesson: Mood) -> dict[str, bytes]:
        figure, digest = redraw_lesson(lesson, self._viewer, self._lesson_digest)
        if digest is no_update:
            return {}
        self._lesson_digest = digest
        return {"lesson.figure": to_bytes(figure), "lesson-shown.data": to_bytes(digest)}

    def _publish(self, drawn: dict[str, bytes]) -> None:
        self._at, self._failing = self._viewer.tell_time(datetime.now(UTC), "%H:%M:%S"), False
        shown = {**self._digests, "at": self._at}
        self._put({**drawn, _PROBLEM: b"[]", SHOWN: to_bytes(shown)})

    def _show_problem(self, problem: ServerProblem) -> None:
        self._failing = True
        with speaking(self._viewer.language):
            words = explain(problem, self._at or None)
            shown: dict[str, Any] = {**self._digests, "at": self._at, "problem": words}
            self._put({_PROBLEM: to_bytes(notice(words)), SHOWN: to_bytes(shown)})

    def _show_gone(self) -> None:
        with speaking(self._viewer.language):
            self._put(
                {
                    ".".join(PARTS["class"]): to_bytes("live-page is-gone"),
                    ".".join(PARTS["title"]): to_bytes(gettext("No session here")),
                    _PROBLEM: to_bytes(empty.gone()),
                    SHOWN: b"{}",
                }
            )
        self._end("gone")

    def _put(self, changed: dict[str, bytes]) -> None:
        if self.sheet.put(changed):
            self._ring()

    def _end(self, how: str) -> None:
        self.over = how
        self._ring()

    def _ring(self) -> None:
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()


async def _rings(bell: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await bell.wait()
    except TimeoutError:
        return False
    return True
