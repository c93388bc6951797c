"""A small server that keeps the wire's contract, with troubles that can be ordered."""

from datetime import UTC, datetime

import httpx
from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse

from client.pacing import Clock
from server.schemas import (
    Face,
    FrameAnswer,
    Joined,
    JoinRequest,
    NewMarker,
    NewSession,
    Outcome,
    PoseAngles,
    SelfReport,
    SelfReportReceipt,
    Session,
    SessionOrigin,
    SimulatedReading,
    zero_counts,
)

CODE = "K7MQ-2RXD"
NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


class FakeServer:
    """Counts frames per source; every frame shows one happy face.

    troubles: what happens to the next frames instead of an answer: a status, or "lost" for a frame
    that is counted while its answer gets lost, or "away" for one that never arrives.
    """

    def __init__(self, troubles=(), *, end_after=None, retry_after="2"):
        self.troubles, self.end_after, self.retry_after = list(troubles), end_after, retry_after
        self.high_water, self.frames, self.seqs, self.readings = {}, [], [], []
        self.self_reports, self.markers = [], []
        self.sessions, self.ended, self.joined = [], False, 0
        self.app = FastAPI()
        self.app.post("/api/v1/sessions", status_code=201)(self.start)
        self.app.post("/api/v1/join", status_code=201)(self.join)
        self.app.post("/api/v1/sessions/{session_id}/frames")(self.take_frame)
        self.app.post("/api/v1/sessions/{session_id}/readings")(self.take_reading)
        self.app.post("/api/v1/sessions/{session_id}/self-reports")(self.take_self_report)
        self.app.post("/api/v1/sessions/{session_id}/markers", status_code=201)(self.mark)
        self.app.post("/api/v1/sessions/{session_id}/end")(self.end)
        self.app.exception_handler(HTTPException)(self._problem)

    async def start(self, wish: NewSession, authorization: str = Header()) -> Session:
        if authorization != "Bearer teacher":
            raise HTTPException(401, "That is not the teacher's token.")
        self.sessions.append(wish)
        return Session(
            session_id="s1",
            origin=SessionOrigin.LIVE,
            join_code=CODE,
            join_url=f"http://testserver/join/{CODE}",
            started_at=NOW,
            ended_at=None,
            joined=0,
            present=0,
            frames=0,
            faces=0,
            network_version="test",
            **wish.model_dump(),
        )

    async def end(self, session_id: str) -> None:
        self.ended = True

    async def join(self, wish: JoinRequest) -> Joined:
        if wish.join_code != CODE:
            raise HTTPException(404, "No such code.")
        if self.ended:
            raise HTTPException(409, "The session has ended.")
        self.joined += 1
        return Joined(
            session_id="s1",
            source_id=f"source-{self.joined}",
            token=f"token-{self.joined}",
            expires_at=NOW,
            session_title="Biology",
            simulated=False,
        )

    async def take_frame(
        self, request: Request, frame_seq: int = Header(), authorization: str = Header()
    ) -> FrameAnswer:
        body = await request.body()
        self.seqs.append(frame_seq)
        return self._count(authorization, frame_seq, lambda: self.frames.append(body))

    async def take_reading(
        self, reading: SimulatedReading, frame_seq: int = Header(), authorization: str = Header()
    ) -> FrameAnswer:
        return self._count(
            authorization, frame_seq, lambda: self.readings.append((authorization, reading))
        )

    async def take_self_report(
        self, report: SelfReport, frame_seq: int = Header(), authorization: str = Header()
    ) -> SelfReportReceipt:
        told = self._count(
            authorization, frame_seq, lambda: self.self_reports.append((authorization, report))
        )
        return SelfReportReceipt(outcome=told.outcome, seq=told.seq)

    async def mark(self, session_id: str, wish: NewMarker) -> None:
        self.markers.append(wish)

    def _count(self, source, seq, keep):
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble == "away":
            raise httpx.ConnectError("Connection refused")
        if isinstance(trouble, int):
            raise HTTPException(trouble, f"Trouble {trouble}.")
        if self.ended:
            raise HTTPException(409, "The session has ended.")
        duplicate = seq <= self.high_water.get(source, 0)
        if not duplicate:
            self.high_water[source] = seq
            keep()
        self.ended = self.end_after is not None and len(self.frames) >= self.end_after
        if trouble == "lost":
            raise httpx.ReadError("Connection reset")
        return _answer(seq, duplicate=duplicate)

    async def _problem(self, request, error):
        headers = {"Retry-After": self.retry_after} if error.status_code in (429, 503) else None
        body = {"title": "Problem", "status": error.status_code, "detail": error.detail}
        return JSONResponse(body, error.status_code, headers, media_type="application/problem+json")


def _answer(seq, *, duplicate):
    face = Face(
        box=(1, 2, 30, 40),
        landmarks=[(1, 1)] * 5,
        score=0.9,
        emotion="happy",
        probabilities=zero_counts() | {"happy": 1},
        pose=PoseAngles(yaw=0, pitch=0, roll=0),
    )
    return FrameAnswer(
        outcome=Outcome.DUPLICATE if duplicate else Outcome.COUNTED,
        seq=seq,
        faces=[] if duplicate else [face],
        counts=zero_counts() if duplicate else zero_counts() | {"happy": 1},
        network_version="test",
    )


class FakeTime:
    """Time that passes only when someone sleeps."""

    def __init__(self):
        self.seconds, self.slept = 0.0, []

    @property
    def clock(self):
        return Clock(lambda: self.seconds, self.sleep)

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.seconds += seconds
