"""A server of the REST contract with a made-up class, for the dashboard's tests.

It answers with `server.schemas` and does the mood's arithmetic with `server.mood`; only the class
is invented: who is visible and what they show at a time is a function of the clock.
"""

import asyncio
import hashlib
import math
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import numpy as np
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from model.emotions import EMOTIONS
from server.attendance import Attendance
from server.mood import describe_bucket, describe_series
from server.schemas import Mood, NewSession, Problem, SelfReportAnswer, Session, SessionOrigin
from server.self_report import CountedAnswers, tell_now, tell_series
from server.tally import SourceTally, Tally, fold_sources
from tests.dashboard.fake_report import Aftermath, add_report
from tests.dashboard.fake_teaching import Teaching, add_teaching
from tests.dashboard.fake_videos import Films, add_videos

TOKEN = "a-good-token_for-tests"
CALM = np.array([0.02, 0.01, 0.03, 0.17, 0.06, 0.05, 0.66])
LIVELY = np.array([0.03, 0.02, 0.04, 0.22, 0.04, 0.41, 0.24])


class Refusal(Exception):
    def __init__(self, status, detail):
        super().__init__(detail)
        self.status, self.detail = status, detail


@dataclass
class MadeUpClass:
    """Thirty students of whom about 24 are seen; calm, and livelier at times.

    visible: seconds since the lesson's start -> students visible, or one number for always.
    """

    students: int = 30
    visible: object = 24
    lively_from: float = math.inf
    answering: int = 18
    seed: int = 7
    made: dict = field(default_factory=dict)

    def tally(self, second, start):
        if start not in self.made:
            self.made[start] = self._make(second, start)
        return self.made[start]

    def _make(self, second, start):
        seen = self.visible(second) if callable(self.visible) else self.visible
        if seen == 0:
            return None
        chance = np.random.default_rng([self.seed, int(second)])
        mixture = self._mixture(second)
        return fold_sources([self._source(chance, mixture, start) for _ in range(seen)])

    def _mixture(self, second):
        sway = 0.5 + 0.5 * math.sin(second / 47)
        base = CALM * (1 - 0.25 * sway) + 0.25 * sway * LIVELY
        turn = 1.0 if second >= self.lively_from else 0.0
        return base * (1 - turn) + LIVELY * turn

    def _source(self, chance, mixture, start):
        shares = chance.dirichlet(mixture * 12, size=3)
        counts = np.bincount(shares.argmax(1), minlength=len(EMOTIONS))
        sums, squares = shares.sum(0), (shares**2).sum(0)
        turned = int(chance.binomial(3, 0.8))
        return SourceTally(
            start, "student", "fer-1", 3, 3, 3, counts, sums, squares, posed=3, turned=turned
        )

    def answers(self, second, start):
        """What students say in the half minute from `start`: more are lost in the lively part."""
        weights = [0.25, 0.5, 0.2, 0.05] if second >= self.lively_from else [0.75, 0.1, 0.1, 0.05]
        chance = np.random.default_rng([self.seed, 1, int(second) // 30])
        counts = chance.multinomial(self.answering, weights).tolist()
        return CountedAnswers(start, Counter(dict(zip(SelfReportAnswer, counts, strict=True))))


@dataclass
class Lesson:
    session: Session
    students: MadeUpClass
    teaching: Teaching = field(default_factory=Teaching)
    after: Aftermath = field(default_factory=Aftermath)


@dataclass
class FakeServer:
    """The server's state, to be set by a test. `down` makes every call fail as a dead host does."""

    now: object = lambda: datetime.now(UTC).timestamp()
    token: str = TOKEN
    down: bool = False
    failing: bool = False
    impatient: bool = False
    lessons: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)
    films: Films = field(default_factory=Films)

    def add(self, title, *, minutes_ago=0.0, ended_minutes_ago=None, students=None, **more):
        at = self.now()
        session = Session(
            session_id=secrets.token_hex(6),
            title=title,
            course=more.get("course"),
            origin=more.get("origin", SessionOrigin.LIVE),
            join_code="K7MQ-2RXD",
            join_url=more.get("join_url", "http://127.0.0.1:8000/join/K7MQ-2RXD"),
            expected_students=more.get("expected_students", 30),
            bucket_seconds=more.get("bucket_seconds", 5),
            simulated=more.get("simulated", False),
            started_at=datetime.fromtimestamp(at - minutes_ago * 60, UTC),
            ended_at=None
            if ended_minutes_ago is None
            else datetime.fromtimestamp(at - ended_minutes_ago * 60, UTC),
            send_seconds=more.get("send_seconds", 2.0),
            camera=more.get("camera", True),
            self_report=more.get("self_report", True),
            joined=more.get("joined", 28),
            present=more.get("present", more.get("joined", 28)),
            frames=0,
            faces=0,
            network_version="fer-1",
        )
        self.lessons[session.session_id] = Lesson(session, students or MadeUpClass())
        return session

    def lesson(self, session_id):
        if session_id not in self.lessons:
            raise Refusal(404, "There is no such session. It may have been erased.")
        return self.lessons[session_id]

    def told(self, lesson):
        tallies = self._tallies(lesson)
        return lesson.session.model_copy(
            update={
                "frames": sum(t.frames for t in tallies),
                "faces": sum(t.faces for t in tallies),
            }
        )

    def mood(self, session_id, bucket_s, since):
        lesson = self.lesson(session_id)
        session, tallies = self.told(lesson), self._tallies(lesson)
        attendance = Attendance.always(session.present, session.expected_students)
        profile = lesson.teaching.profile
        end = int(session.ended_at.timestamp() if session.ended_at else self.now()) // 5 * 5 + 5
        recent = [t for t in tallies if t.bucket_start >= end - 10]
        kept = [t for t in tallies if since is None or t.bucket_start >= since.timestamp()]
        return Mood(
            session=session,
            now=describe_bucket(
                recent, start=end - 10, seconds=10, attendance=attendance, profile=profile
            ),
            series=describe_series(
                kept, bucket_seconds=bucket_s or 5, attendance=attendance, profile=profile
            ),
            self_report_now=self._now_said(lesson),
            self_reports=self._said(lesson, bucket_s, since),
            markers=lesson.teaching.markers,
            outline=lesson.teaching.outline,
            engagement_profile=lesson.teaching.profile,
            network_versions=["fer-1"],
        )

    def _answers(self, lesson):
        if not lesson.session.self_report:
            return []
        start = int(lesson.session.started_at.timestamp())
        ended = lesson.session.ended_at
        end = int(ended.timestamp() if ended else self.now())
        buckets = range(start // 30 * 30, end + 1, 30)
        return [lesson.students.answers(max(b - start, 0), b) for b in buckets]

    def _now_said(self, lesson):
        buckets = self._answers(lesson)[-2:]
        return tell_now([], buckets, start=buckets[0].bucket_start) if buckets else None

    def _said(self, lesson, bucket_s, since):
        told = tell_series(self._answers(lesson), seconds=-(-(bucket_s or 30) // 30) * 30)
        return [p for p in told if since is None or p.start >= since]

    def _tallies(self, lesson) -> list[Tally]:
        session = lesson.session
        start = int(session.started_at.timestamp())
        end = int(session.ended_at.timestamp() if session.ended_at else self.now())
        buckets = range(start // 5 * 5, end + 1, 5)
        made = (lesson.students.tally(max(b - start, 0), b) for b in buckets)
        return [tally for tally in made if tally is not None]


class DyingTransport(httpx.ASGITransport):
    """The way to the fake server; broken while it is `down`."""

    def __init__(self, fake):
        super().__init__(make_app(fake))
        self._fake = fake

    async def handle_async_request(self, request):
        if self._fake.down:
            raise httpx.ConnectError("connection refused", request=request)
        return await super().handle_async_request(request)


def connect(fake):
    return httpx.AsyncClient(transport=DyingTransport(fake), base_url="http://server.test")


def make_app(fake):  # noqa: C901  one function a route
    app = FastAPI()

    @app.exception_handler(Refusal)
    async def refuse(_: Request, refusal: Refusal):
        return _problem(refusal.status, refusal.detail)

    @app.middleware("http")
    async def check_token(request: Request, call_next):
        fake.calls.append((request.method, request.url.path))
        if fake.failing:
            return Response("<h1>502</h1>", 502)
        if request.headers.get("authorization") != f"Bearer {fake.token}":
            return _problem(401, "This call needs the teacher's token.")
        return await call_next(request)

    @app.get("/api/v1/sessions")
    def get_sessions() -> list[Session]:
        return [fake.told(lesson) for lesson in fake.lessons.values()]

    @app.post("/api/v1/sessions", status_code=201)
    def start_session(new: NewSession) -> Session:
        return fake.add(joined=0, students=MadeUpClass(visible=0), **new.model_dump())

    @app.get("/api/v1/sessions/{session_id}")
    def get_session(session_id: str) -> Session:
        return fake.told(fake.lesson(session_id))

    @app.post("/api/v1/sessions/{session_id}/end")
    def end_session(session_id: str) -> Session:
        lesson = fake.lesson(session_id)
        if lesson.session.ended_at is None:
            ended = datetime.fromtimestamp(fake.now(), UTC)
            lesson.session = lesson.session.model_copy(update={"ended_at": ended})
        return fake.told(lesson)

    @app.delete("/api/v1/sessions/{session_id}", status_code=204)
    def erase_session(session_id: str) -> Response:
        fake.lesson(session_id)
        del fake.lessons[session_id]
        return Response(status_code=204)

    @app.get("/api/v1/sessions/{session_id}/mood")
    async def get_mood(
        request: Request,
        session_id: str,
        bucket_s: int | None = None,
        since: datetime | None = None,
    ) -> Response:
        until = time.monotonic() + float(request.headers.get("prefer", "wait=0")[5:])
        while True:
            body = fake.mood(session_id, bucket_s, since).model_dump_json().encode()
            tag = f'"{hashlib.blake2s(body, digest_size=8).hexdigest()}"'
            known = request.headers.get("if-none-match")
            if tag != known or time.monotonic() > until or fake.impatient:
                break
            await asyncio.sleep(0.05)
        status = 304 if tag == known else 200
        return Response(body if status == 200 else b"", status, {"ETag": tag}, "application/json")

    add_teaching(app, fake, Refusal)
    add_videos(app, fake, Refusal)
    add_report(app, fake, Refusal)
    return app


def _problem(status, detail):
    problem = Problem(title="Problem", status=status, detail=detail)
    return JSONResponse(problem.model_dump(), status, media_type="application/problem+json")
