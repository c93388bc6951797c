"""What reaches no route: bodies too large or too slow, HEAD, wrong methods, locations."""

import asyncio
import time
from contextlib import closing

import httpx
import pytest
from fastapi import FastAPI, Request
from sqlalchemy import text

from server.edge import BodyLimits
from server.errors import add_error_handlers
from server.settings import read_settings
from server.store.database import Database

LARGE = b'{"join_code": "' + b"x" * 100_000 + b'"}'
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def settings(tmp_path, sqlite_url):
    return read_settings(
        data_dir=tmp_path, database_url=sqlite_url, teacher_token="the-teachers-token", workers=2
    )


@pytest.mark.parametrize("path", ["/api/v1/join", "/api/v1/sessions", "/api/v1/x", "/nonsense"])
def test_no_body_but_a_picture_is_larger_than_64_kb(classroom, path):
    answer = classroom.client.post(path, content=LARGE, headers=JSON)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert "64 kB" in answer.json()["detail"]


def test_a_large_body_is_cut_off_although_its_length_is_not_declared(classroom):
    taken = []

    def endless():
        while len(taken) < 1000:
            taken.append(1)
            yield b"x" * 10_000

    answer = classroom.client.post("/api/v1/join", content=endless(), headers=JSON)
    assert answer.status_code == 413
    assert "64 kB" in answer.json()["detail"]


def test_a_picture_may_be_larger(classroom):
    headers = {**classroom.teacher, "Content-Type": "image/jpeg"}
    picture = b"\xff\xd8\xff" + bytes(200_000)
    analyzed = classroom.client.post("/api/v1/analyze", content=picture, headers=headers)
    assert analyzed.status_code == 400
    session = classroom.start()
    assert classroom.send(session, classroom.teacher, 1, picture).status_code == 400


def test_a_body_that_trickles_in_is_given_up_after_a_while():
    app = FastAPI()
    app.add_middleware(BodyLimits, seconds=0.1)
    add_error_handlers(app)

    @app.post("/raw")
    async def take(request: Request) -> int:
        return len(await request.body())

    @app.post("/json")
    async def take_json(body: dict[str, int]) -> int:
        return len(body)

    async def trickle():
        for _ in range(100):
            yield b" "
            await asyncio.sleep(0.02)

    async def run():
        wire = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=wire, base_url="http://x", headers=JSON) as client:
            for path in ("/raw", "/json"):
                started = time.perf_counter()
                answer = await client.post(path, content=trickle())
                assert time.perf_counter() - started < 1
                assert answer.status_code == 408
                assert answer.json()["detail"].startswith("The body did not arrive within")
            assert (await client.post("/json", content=b'{"a": 1}')).json() == 1

    asyncio.run(run())


def test_a_piece_of_a_recording_may_take_long_as_long_as_something_comes():
    app = FastAPI()
    app.add_middleware(BodyLimits, seconds=0.3)
    add_error_handlers(app)

    @app.patch("/api/v1/videos/{video_id}")
    async def take(video_id: str, request: Request) -> int:
        return len(await request.body())

    async def trickle(pause):
        for _ in range(12):
            yield b"x" * 10_000  # in all more than other bodies may have
            await asyncio.sleep(pause)

    async def run():
        wire = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=wire, base_url="http://x") as client:
            slow = await client.patch("/api/v1/videos/x", content=trickle(0.05))
            assert (slow.status_code, slow.json()) == (200, 120_000)
            stalled = await client.patch("/api/v1/videos/x", content=trickle(1.0))
            assert stalled.status_code == 408

    asyncio.run(run())


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics"])
def test_head_answers_as_get_without_the_body(classroom, path):
    get = classroom.client.get(path, follow_redirects=False)
    head = classroom.client.head(path, follow_redirects=False)
    assert head.status_code == get.status_code
    assert head.headers["content-type" if path != "/" else "location"]
    assert head.content == b""


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/api/v1/join", "POST"),
        ("PUT", "/api/v1/sessions", "GET, POST"),
        ("PUT", "/api/v1/sessions/x", "DELETE, GET, PATCH"),
        ("GET", "/api/v1/sessions/x/frames", "POST"),
        ("HEAD", "/api/v1/join", "POST"),
    ],
)
def test_a_wrong_method_is_told_with_the_right_ones(classroom, method, path, allowed):
    answer = classroom.client.request(method, path, headers=classroom.teacher)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed


def test_strangers_are_not_told_where_the_database_is(classroom, settings, tmp_path, capfd):
    session = classroom.start()
    with closing(Database(settings.resolved_database_url)) as database, database.writing() as db:
        for table in ("alembic_version", "open_self_report", "open_tally", "source", "session"):
            db.execute(text(f"DROP TABLE {table}"))
    for answer in (
        classroom.client.get("/readyz"),
        classroom.client.post("/api/v1/join", json={"join_code": session["join_code"]}),
        classroom.client.get("/api/v1/sessions", headers=classroom.teacher),
    ):
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        assert answer.json()["detail"].startswith("The database can't be used just now.")
        assert str(tmp_path) not in answer.text
        assert "roomtone.db" not in answer.text


def test_a_wrong_code_does_not_wait_for_a_locked_database(classroom, settings):
    with closing(Database(settings.resolved_database_url)) as other, other.writing():
        started = time.perf_counter()
        answer = classroom.client.post("/api/v1/join", json={"join_code": "ZZZZ-ZZZZ"})
        assert time.perf_counter() - started < 1
    assert answer.status_code == 404
