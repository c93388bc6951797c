"""A whole server on a fresh database, reached without sockets; and a clock that stands still."""

from dataclasses import dataclass, field
from functools import partial

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from model.pipeline import FramePipeline
from server.app import create_app
from server.settings import Settings, read_settings
from tests.pictures import astronaut, gallery, grey, jpeg
from tests.server.opened_readers import run_in

TOKEN = "the-teachers-token"


class StoppedClock:
    """Unix seconds that only a test moves."""

    def __init__(self) -> None:
        self.now = 1_780_000_000.0

    def __call__(self) -> float:
        return self.now


def path_of(session, call=""):
    """The address of a session, or of a call below it."""
    return f"/api/v1/sessions/{session['session_id']}{call}"


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
            path_of(session, "/frames"),
            content=data,
            headers={**source, "Frame-Seq": str(seq), "Content-Type": media_type},
        )

    def say(self, session, source, seq, answer="following"):
        return self.client.post(
            path_of(session, "/self-reports"),
            json={"answer": answer},
            headers={**source, "Frame-Seq": str(seq)},
        )

    def leave(self, session, source):
        return self.client.post(path_of(session, "/leave"), headers=source)

    def look(self, session, source):
        return self.client.get(path_of(session, "/source"), headers=source)

    def end(self, session):
        return self.client.post(path_of(session, "/end"), headers=self.teacher)

    def rows(self, table):
        with self.app.state.service.database.reading() as db:
            return db.execute(select(table)).all()

    def mood(self, session, **query):
        answer = self.client.get(path_of(session, "/mood"), params=query, headers=self.teacher)
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


@pytest.fixture
def session(classroom):
    """A lesson that runs."""
    return classroom.start()


@pytest.fixture
def token(classroom, session):
    """What a student sends along who has joined it."""
    return classroom.join(session)


@pytest.fixture
def slow_classroom(settings, pipeline):
    """A server that takes two frames a second of a source, as it does unless told otherwise.

    Its classroom's clock is also the one that sources are paced by.
    """
    paced = settings.model_copy(
        update={
            "source_frames_per_second": Settings.model_fields["source_frames_per_second"].default
        }
    )
    clock = StoppedClock()
    app = create_app(paced, pipeline=pipeline, clock=clock)
    app.state.service.ingest.pace._clock = clock
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Classroom(client, clock, app)


def refused(answer, status):
    """Check that an answer is a problem with a sentence, and return the sentence."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"].endswith(".")
    return problem["detail"]


@pytest.fixture(params=["asyncio", "uvloop"])
def run_it(request):
    """Run a coroutine in either kind of event loop."""
    loops = pytest.importorskip("uvloop").new_event_loop if request.param == "uvloop" else None
    return partial(run_in, loops)
