"""A simulated class: invented readings in real time, through the real API, always marked so."""

import heapq
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx
import numpy as np

from client.pacing import SYSTEM_CLOCK, Clock
from client.storyline import Student, scene_at
from server.schemas import (
    Joined,
    JoinRequest,
    MarkerKind,
    NewMarker,
    NewSession,
    SelfReport,
    Session,
    SimulatedReading,
)

TITLE = "Simulated class"
SAY_EVERY = 20.0
"""Seconds until a standing answer is repeated: at least once in each bucket of self-reports."""
TRY_AGAIN = 1.0
"""Seconds until the next try when the server is away or busy and does not say for how long."""


class SimulationRefused(RuntimeError):
    """The server won't have a simulated class; the message says why."""


class _ClassOver(Exception):
    """The session was ended or deleted by somebody else."""


@dataclass(order=True)
class _Seat:
    """A student's place: when the next reading is due, under which number."""

    due: float
    number: int
    student: Student = field(compare=False)
    ticket: Joined | None = field(default=None, compare=False)
    seq: int = field(default=1, compare=False)
    says_at: float = field(default=0.0, compare=False)


def simulate_class(
    client: httpx.Client,
    token: str,
    *,
    stop: threading.Event,
    students: int = 30,
    interval: float = 2.0,
    seed: int = 1,
    title: str = TITLE,
    on_started: Callable[[Session], None] = lambda _: None,
    clock: Clock = SYSTEM_CLOCK,
) -> int:
    """Start a simulated session and fill it until `stop` is set or someone ends it.

    Each student sends a reading about every `interval` seconds. Waits for a server that is not
    there yet, and through busy ones. Ends the session and returns the number of readings counted.
    Call it in a thread of its own, with a client of its own whose base address is the server's.
    Raises `SimulationRefused`.
    """
    room = _Room(client, token, stop, interval, np.random.default_rng(seed), clock)
    session = room.start(NewSession(title=title, expected_students=students, simulated=True))
    if session is None:
        return 0
    on_started(session)
    try:
        room.teach(session, [Student(number, seed) for number in range(students)])
    except _ClassOver:
        return room.counted
    room.end(session)
    return room.counted


@dataclass
class _Room:
    """Plays all seats of one class in one thread."""

    client: httpx.Client
    token: str
    stop: threading.Event
    interval: float
    rng: np.random.Generator
    clock: Clock
    counted: int = 0
    scene: str = ""

    def start(self, wish: NewSession) -> Session | None:
        """Start the session; None when stopped before the server answered."""
        while not self.stop.is_set():
            answer = self._post("/api/v1/sessions", json=wish.model_dump(), headers=self._teacher())
            if answer is not None and answer.is_success:
                return Session.model_validate_json(answer.content, extra="ignore")
            if answer is not None and not _may_pass(answer):
                raise SimulationRefused(
                    f"The server would not start a simulated class ({answer.status_code}): "
                    f"{answer.text[:300]}"
                )
            self.stop.wait(_wait_asked(answer))
        return None

    def teach(self, session: Session, students: list[Student]) -> None:
        """Let everyone send until stopped. Raises `_ClassOver`."""
        began = self.clock.now()
        spread = self.interval / max(len(students), 1)
        seats = [
            _Seat(began + student.arrives_at + number * spread, number, student)
            for number, student in enumerate(students)
        ]
        heapq.heapify(seats)
        while seats and not self.stop.wait(max(seats[0].due - self.clock.now(), 0)):
            seat = seats[0]
            self._mark_scene(session, self.clock.now() - began)
            wait = self._take_turn(seat, session, self.clock.now() - began)
            seat.due = max(seat.due, self.clock.now() - self.interval) + wait
            heapq.heapreplace(seats, seat)

    def end(self, session: Session) -> None:
        """End the session. A server that is gone already has it on its list as still running."""
        self._post(f"/api/v1/sessions/{session.session_id}/end", headers=self._teacher())

    def _teacher(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _take_turn(self, seat: _Seat, session: Session, at_seconds: float) -> float:
        """Let one student send; return seconds until the next turn."""
        if seat.ticket is None:
            waits = self._join(seat, session)
            if seat.ticket is None:
                return waits
        words = seat.student.say(at_seconds)
        if words is not None and at_seconds >= seat.says_at:
            answer = self._send(seat.ticket, seat.seq, "self-reports", SelfReport(answer=words))
            if answer is None or _may_pass(answer):
                return _wait_asked(answer)  # the same number again: it may have been counted
            seat.says_at = at_seconds + SAY_EVERY
            self._note(seat, answer)
        reading = seat.student.read(at_seconds)
        if reading is not None and seat.ticket is not None:
            answer = self._send(seat.ticket, seat.seq, "readings", reading)
            if answer is None or _may_pass(answer):
                return _wait_asked(answer)
            self.counted += self._note(seat, answer)
        return self.interval * self.rng.uniform(0.9, 1.1)

    def _mark_scene(self, session: Session, at_seconds: float) -> None:
        """Drop a marker where a scene begins, as a teacher would; one that is lost is lost."""
        scene = scene_at(at_seconds).name
        if scene != self.scene:
            self.scene = scene
            wish = NewMarker(label=scene, kind=MarkerKind.CHAPTER).model_dump(mode="json")
            path = f"/api/v1/sessions/{session.session_id}/markers"
            self._post(path, json=wish, headers=self._teacher())

    def _join(self, seat: _Seat, session: Session) -> float:
        wish = JoinRequest(join_code=session.join_code).model_dump()
        answer = self._post("/api/v1/join", json=wish)
        if answer is not None and answer.is_success:
            seat.ticket = Joined.model_validate_json(answer.content, extra="ignore")
            seat.seq = 1
        elif answer is not None and not _may_pass(answer):
            raise _ClassOver
        return _wait_asked(answer)

    def _send(
        self, ticket: Joined, seq: int, call: str, wish: SimulatedReading | SelfReport
    ) -> httpx.Response | None:
        headers = {"Authorization": f"Bearer {ticket.token}", "Frame-Seq": str(seq)}
        path = f"/api/v1/sessions/{ticket.session_id}/{call}"
        return self._post(path, json=wish.model_dump(mode="json"), headers=headers)

    def _note(self, seat: _Seat, answer: httpx.Response) -> bool:
        """Go on to the next number; return whether this one was counted."""
        if answer.is_success:
            seat.seq += 1
            return True
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            seat.ticket = None  # expired: join again
            return False
        if answer.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT):
            raise _ClassOver
        raise SimulationRefused(
            f"The server would not take an invented reading ({answer.status_code}): "
            f"{answer.text[:300]}"
        )

    def _post(
        self, path: str, *, json: object = None, headers: dict[str, str] | None = None
    ) -> httpx.Response | None:
        try:
            return self.client.post(path, json=json, headers=headers)
        except httpx.TransportError:
            return None


def _may_pass(answer: httpx.Response) -> bool:
    return answer.status_code == HTTPStatus.TOO_MANY_REQUESTS or answer.is_server_error


def _wait_asked(answer: httpx.Response | None) -> float:
    if answer is None:
        return TRY_AGAIN
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), 30.0) if asked.isdecimal() else TRY_AGAIN
