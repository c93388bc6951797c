"""A school day: lessons that start and end, students who come, send, say something and leave."""

import asyncio
import random
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from bench.connection import Address, Answer, Connection
from tests.servers import TOKEN

SEND_SECONDS = 2.0
CLASS_SIZE = 25
SAYS_EVERY = 20.0
FOLLOWERS = 2
TURNOVER = 0.1
"""Share of a class that leaves in the middle of a lesson; as many come."""
FORMS = ("html", "csv", "pdf")
_ANSWERS = ("following", "lost", "too_fast", "bored")


@dataclass
class Tape:
    """What was answered since it was read last. seconds: of frames that were counted."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    events: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Wish:
    """How much of everything. windows: lessons of these have a window with many faces."""

    students: int
    windows: int
    lesson_seconds: float
    day_seconds: float
    webcam: list[bytes]
    gallery: list[bytes]


class Sender:
    """Sends a frame on time, unless the one before is still under way."""

    def __init__(self, address: Address, frames: list[bytes], tape: Tape) -> None:
        self._line, self._frames, self._tape = Connection(address, self._note), frames, tape
        self._sent_at, self.seq = 0.0, 0

    async def send_on_time(self) -> None:
        """Send until cancelled."""
        loop = asyncio.get_running_loop()
        due = loop.time() + random.uniform(0, SEND_SECONDS)
        try:
            while True:
                await asyncio.sleep(max(due - loop.time(), 0))
                due += SEND_SECONDS
                self.send()
        finally:
            await self.finish()

    @property
    def waiting(self) -> bool:
        """Whether a frame is under way."""
        return self._line.waiting

    async def finish(self) -> None:
        """Wait for the frame under way and close the connection."""
        while self._line.waiting:  # noqa: ASYNC110 - the load generator calls back, and that is all
            await asyncio.sleep(0.05)
        self._line.close()

    def send(self) -> None:
        """Send one frame; only while none is under way."""
        if self._line.waiting:
            self._tape.skipped += 1
            return
        self.seq += 1
        self._sent_at = time.perf_counter()
        self._line.send(self.seq, self._frames[self.seq % len(self._frames)])

    def _note(self, answer: Answer) -> None:
        self._tape.statuses[answer.status] += 1
        if answer.status == 200:
            self._tape.seconds.append(time.perf_counter() - self._sent_at)


class SchoolDay:
    """All lessons on one server, until told that the day is over."""

    def __init__(self, url: str, wish: Wish, tape: Tape) -> None:
        self._wish, self._tape = wish, tape
        host, _, port = url.removeprefix("http://").partition(":")
        self._at = (host, int(port))
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=60,
            trust_env=False,
            limits=httpx.Limits(max_connections=None, keepalive_expiry=2),
        )

    async def hold(self) -> None:
        """Hold lessons beside each other, one after the other in each room; then go home."""
        until = time.monotonic() + self._wish.day_seconds
        rooms = max(round(self._wish.students / CLASS_SIZE), 1)
        sizes = [self._wish.students * (n + 1) // rooms - self._wish.students * n // rooms
                 for n in range(rooms)]  # fmt: skip
        async with asyncio.TaskGroup() as school:
            for number, size in enumerate(sizes):
                school.create_task(self._use_room(number, size, until))
        await self._http.aclose()

    async def _use_room(self, number: int, size: int, until: float) -> None:
        first = self._wish.lesson_seconds * (0.5 + 0.5 * random.random())
        while (left := until - time.monotonic()) > 1:
            await self._hold_lesson(number, size, min(first, left))
            first = self._wish.lesson_seconds

    async def _hold_lesson(self, number: int, size: int, seconds: float) -> None:
        wish = {"title": f"Room {number}", "self_report": True, "bucket_seconds": 5}
        session = (await self._call("POST", "/api/v1/sessions", json=wish)).json()
        path = f"/api/v1/sessions/{session['session_id']}"
        async with asyncio.TaskGroup() as lesson:
            tasks = [lesson.create_task(self._follow(path)) for _ in range(FOLLOWERS)]
            people = [lesson.create_task(self._attend(session)) for _ in range(size)]
            if number < self._wish.windows:
                window = Address(*self._at, f"{path}/frames", TOKEN)
                sender = Sender(window, self._wish.gallery, self._tape)
                people.append(lesson.create_task(sender.send_on_time()))
            await asyncio.sleep(seconds / 2)
            for task in random.sample(people[:size], round(TURNOVER * size)):
                task.cancel()
                people.append(lesson.create_task(self._attend(session)))
            await asyncio.sleep(seconds / 2)
            for task in people:
                task.cancel()
            await asyncio.wait(people, timeout=30)
            await self._call("POST", f"{path}/end")
            await asyncio.wait(tasks, timeout=30)
        for form in ("json", random.choice(FORMS)):
            await self._call("GET", f"{path}/report?format={form}")

    async def _attend(self, session: dict[str, str]) -> None:
        """Join, send until cancelled, and leave."""
        code = {"join_code": session["join_code"]}
        while (  # noqa: ASYNC110 - as a student’s page does
            joined := await self._call("POST", "/api/v1/join", json=code)
        ).status_code != 201:
            await asyncio.sleep(1)
        token = joined.json()["token"]
        path = f"/api/v1/sessions/{session['session_id']}"
        sender = Sender(Address(*self._at, f"{path}/frames", token), self._wish.webcam, self._tape)
        headers = {"Authorization": f"Bearer {token}"}
        sending = asyncio.create_task(sender.send_on_time())
        try:
            while True:
                await asyncio.sleep(random.uniform(0.5, 1.5) * SAYS_EVERY)
                sender.seq += 1
                said = {"answer": random.choice(_ANSWERS)}
                numbered = {**headers, "Frame-Seq": str(sender.seq)}
                await self._call("POST", f"{path}/self-reports", json=said, headers=numbered)
        finally:
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending
            await self._call("POST", f"{path}/leave", headers=headers)

    async def _follow(self, path: str) -> None:
        """Follow a lesson as a dashboard does, to its end."""
        with suppress(httpx.HTTPError):
            async with self._http.stream("GET", f"{path}/live") as stream:
                self._tape.statuses[stream.status_code] += 1
                async for line in stream.aiter_lines():
                    self._tape.events += line.startswith("event:")

    async def _call(self, method: str, path: str, **more: object) -> httpx.Response:
        try:
            answer = await self._http.request(method, path, **more)
        except httpx.HTTPError:
            self._tape.statuses[0] += 1
            raise
        self._tape.statuses[answer.status_code] += 1
        return answer
