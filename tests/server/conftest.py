"""A whole server on a fresh database, reached without sockets; and a clock that stands still."""

from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from model.pipeline import FramePipeline
from server.app import create_app
from server.settings import Settings, read_settings
from tests.pictures import astronaut, gallery, grey, jpeg

TOKEN = "the-teachers-token"


class StoppedClock:
    """Unix seconds that only a test moves."""

    def __init__(self) -> None:
        self.now = 1_780_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Classroom:
    """A server with what a test does to it in few words."""

    client: TestClient
    clock: StoppedClock
    app: FastAPI
    teacher: dict = field(default_factory=lambda: {"Authorization": f"Bearer {TOKEN}"})

    def start(self, **changes):
        body = {"title": "Biology 9b", **changes}
        answer = self.client.post("/api/v1/sessions", json=body, headers=self.teacher)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def join(self, session) -> dict:
        answer = self.client.post("/api/v1/join", json={"join_code": session["join_code"]})
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    def send(self, session, source, seq, data, media_type="image/jpeg"):
        return self.client.post(
            f"/api/v1/sessions/{session['session_id']}/frames",
            content=data,
            headers={**source, "Frame-Seq": str(seq), "Content-Type": media_type},
        )

    def mood(self, session, **query):
        answer = self.client.get(
            f"/api/v1/sessions/{session['session_id']}/mood", params=query, headers=self.teacher
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="session")
def pipeline():
    return FramePipeline.load()


@pytest.fixture(scope="session")
def portrait():
    return jpeg(astronaut())


@pytest.fixture(scope="session")
def six_faces():
    return jpeg(gallery(2, 3))


@pytest.fixture(scope="session")
def empty_room():
    return jpeg(grey())


@pytest.fixture
def settings(tmp_path, database_url) -> Settings:
    return read_settings(
        data_dir=tmp_path,
        database_url=database_url,
        teacher_token=TOKEN,
        workers=2,
        source_frames_per_second=1000,  # the clock stands still, and no test should wait
    )


@pytest.fixture
def classroom(settings, pipeline):
    clock = StoppedClock()
    app = create_app(settings, pipeline=pipeline, clock=clock)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Classroom(client, clock, app)
