"""What the log tells: of each request its id and route; never a secret, a picture or an address."""

import asyncio
import json
import re
import sqlite3
import subprocess
import sys

import httpx
import pytest
from structlog.testing import capture_logs

from server.metrics import Metrics
from server.request_ids import RequestIds
from tests.pictures import astronaut, jpeg
from tests.server.conftest import path_of
from tests.server.test_broken_off import break_off
from tests.servers import TOKEN, running_server

PROGRAM = """
import logging
import structlog
from pydantic import BaseModel
from model.reading_child import NOTE
from server.logs import configure_logs

class Lesson(BaseModel):
    size: int

def read_picture(picture, token):
    raise RuntimeError(f"{len(picture)} bytes are wrong")

configure_logs(LOG_FORMAT)
log = structlog.get_logger()
try:
    read_picture("pix" + "els", "sword" + "fish")
except RuntimeError as error:
    log.error("unexpected error", exc_info=error)
lost = RuntimeError("a reading failed")
lost.add_note(NOTE + "\\n  in the cellar")
lost.add_note("a library's: " + "sword" + "fish")
log.error("unexpected error", exc_info=lost)
try:
    Lesson(size="sword" + "fish")
except ValueError as error:
    log.error("unexpected error", exc_info=error)
    logging.getLogger("some.library").error("it failed", exc_info=error)
import sqlite3
from sqlalchemy import create_engine, text
try:
    with create_engine("sqlite://", hide_parameters=True).begin() as db:
        db.execute(text("SELECT :secret FROM nowhere"), {"secret": "sword" + "fish"})
except Exception as error:
    log.error("unexpected error", exc_info=error)
"""


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_an_unexpected_error_is_logged_without_any_variable(log_format):
    program = PROGRAM.replace("LOG_FORMAT", repr(log_format))
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "6 bytes are wrong" in ran.stderr
    assert "read_picture" in ran.stderr
    assert "in the cellar" in ran.stderr, "where it was raised, in the process that reads"
    assert "size (int_parsing)" in ran.stderr
    assert "some.library" in ran.stderr
    assert "no such table: nowhere" in ran.stderr
    assert "pixels" not in ran.stderr
    assert "swordfish" not in ran.stderr
    if log_format == "json":
        lines = [json.loads(line) for line in ran.stderr.splitlines()]
        assert len(lines) == 5
        assert all({"time", "level", "event", "exception"} <= line.keys() for line in lines)


def test_an_id_of_the_right_form_is_kept_and_any_other_is_replaced(classroom):
    def answered(asked_for):
        return classroom.client.get("/healthz", headers={"X-Request-Id": asked_for}).headers[
            "X-Request-Id"
        ]

    for sane in ("0123456789abcdef", "F" * 32, "0b1a4f5e-9b1c-4f6e-8d3a-0123456789ab"):
        assert answered(sane) == sane
    for other in ("K7MQ-2RXD", TOKEN, "Anna", "a" * 64, "abc", "a\tb", "", "0123456789abcdeg"):
        made = answered(other)
        assert made != other
        assert re.fullmatch(r"[0-9a-f]{16}", made)
    assert answered("") != answered("")


def test_refusals_and_faults_have_the_id_too(classroom, session, token, monkeypatch):
    asked = {"X-Request-Id": "0123456789abcdef"}
    for path in ("/api/v1/nothing", "/api/v1/sessions", "/nowhere"):
        answer = classroom.client.get(path, headers=asked)
        assert answer.headers["X-Request-Id"] == "0123456789abcdef"
    monkeypatch.setattr("server.routes.sources.look_up_source", None)
    answer = classroom.client.get(path_of(session, "/source"), headers={**token, **asked})
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] == "0123456789abcdef"
    assert "0123456789abcdef" in answer.json()["detail"]


KEY = "the-key-that-signs-source-tokens-of-this-test"
ASKED = "feedfacefeedface"


def go_through_everything(server) -> list[str]:
    """Do what teachers and students do, well and badly; return what no log may hold."""
    picture = jpeg(astronaut())
    teacher = server.teacher
    session = teacher.post("/api/v1/sessions", json={"title": "Biology swordfish"}).json()
    path, code = path_of(session), session["join_code"]
    joined = httpx.post(f"{server.url}/api/v1/join", json={"join_code": code}).json()
    student = {"Authorization": f"Bearer {joined['token']}"}
    frame = {**student, "Content-Type": "image/jpeg"}
    with httpx.Client(base_url=server.url, timeout=30, trust_env=False) as client:
        for seq, data in enumerate((picture, picture, picture[:200], b"", b"swordfish")):
            client.post(f"{path}/frames", content=data, headers={**frame, "Frame-Seq": str(seq)})
        client.post(
            f"{path}/frames",
            content=picture,
            headers={**frame, "Frame-Seq": "90", "X-Request-Id": ASKED},
        )
        for said in ({"answer": "lost"}, {"answer": "swordfish"}, ["swordfish"]):
            client.post(f"{path}/self-reports", json=said, headers={**student, "Frame-Seq": "91"})
        for address in (
            *(f"/api/v1/join/{code}", f"/join/{code}", f"/dashboard/?token={TOKEN}"),
            *(f"/api/v1/{code}?token={TOKEN}", f"/{joined['token']}", "/docs", "/readyz"),
            *(f"{path}/mood?since={TOKEN}", f"/dashboard/session/{code}"),
        ):
            client.get(address)
            client.get(address, headers={"Cookie": f"roomtone_teacher={TOKEN}"})
        client.request("SWORDFISH", f"/{code}", headers={"X-Request-Id": "K7MQ-2RXD"})
        client.post("/dashboard/sign-in", data={"token": "swordfish"})
    teacher.post("/api/v1/analyze", content=picture, headers={"Content-Type": "image/jpeg"})
    teacher.post(f"{path}/markers", json={"label": "swordfish"})
    teacher.post(f"{path}/markers", json={"label": ["swordfish"]})
    teacher.put(f"{path}/outline", content=b"swordfish,12:00", headers={"Content-Type": "text/csv"})
    break_off(server.url, f"{path}/frames", {**frame, "Frame-Seq": "92"}, picture[:3000])
    break_off(server.url, "/api/v1/join", {"Content-Type": "application/json"}, b'{"join_code": "')
    teacher.get(f"{path}/mood")
    teacher.delete(path)
    return [TOKEN, KEY, joined["token"], code, "swordfish", "SWORDFISH", "JFIF", "xff", "127.0.0.1"]


def break_the_database(server, folder):
    """Take the tables away, so that calls fail where nobody expects it."""
    session = server.teacher.post("/api/v1/sessions", json={"title": "swordfish"}).json()
    with sqlite3.connect(folder / "roomtone.db", timeout=20) as db:
        db.execute("ALTER TABLE source RENAME TO elsewhere")
        db.execute("ALTER TABLE marker RENAME COLUMN label TO elsewhere")
    server.teacher.post(f"{path_of(session)}/markers", json={"label": "swordfish"})
    return httpx.post(f"{server.url}/api/v1/join", json={"join_code": session["join_code"]})


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_server_that_has_been_through_everything_has_logged_no_secret(tmp_path, log_format):
    settings = {
        "ROOMTONE_SIGNING_KEY": KEY,
        "ROOMTONE_LOG_FORMAT": log_format,
        "ROOMTONE_LOG_REQUESTS": "all",
    }
    with running_server(tmp_path, **settings) as server:
        secrets = go_through_everything(server)
        assert break_the_database(server, tmp_path).status_code == 503
        server.process.terminate()
        printed = server.process.communicate(timeout=60)[0]
    log = "\n".join(line for line in printed.splitlines() if "  Dashboard  " not in line)
    log = log.replace("  API docs   " + server.url + "/docs", "")
    for secret in secrets:
        assert secret not in log, log[-3000:]
    assert "/api/v1/sessions/{session_id}/frames" in log
    assert "/api/v1/join/{join_code}" in log
    assert ASKED in log
    assert "request failed" in log
    if log_format == "json":
        lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        others = [line for line in log.splitlines() if line and not line.startswith("{")]
        assert others == ["Roomtone is running. Ctrl-C stops it."]
        assert all({"time", "level", "event"} <= line.keys() for line in lines)
        ended = [line for line in lines if line["event"] in ("request", "request failed")]
        assert len(ended) > 40
        for line in ended:
            assert {"request_id", "method", "route", "status", "seconds"} <= line.keys()
            assert "?" not in line["route"]


def test_only_what_failed_is_logged_unless_told_otherwise(tmp_path):
    with running_server(tmp_path) as server:
        go_through_everything(server)
        server.process.terminate()
        printed = server.process.communicate(timeout=60)[0]
    assert "] request" not in printed  # the name of the line of every request
    assert "stopped; every answered frame is in the database" in printed


def test_of_many_requests_that_fail_at_once_a_few_are_logged_and_the_rest_counted():
    async def fail(scope, receive, send):
        await send({"type": "http.response.start", "status": 503, "headers": []})

    async def ignore(message):
        pass

    async def run():
        metrics = Metrics()
        layer = RequestIds(fail, metrics, log_all=False)
        for _ in range(100):
            scope = {"type": "http", "method": "GET", "path": "/x", "headers": []}
            await layer(scope, None, ignore)
        return metrics

    with capture_logs() as lines:
        metrics = asyncio.run(run())
    assert 10 <= len(lines) < 20
    asked = {"method": "GET", "route": "none", "status": "503"}
    assert metrics.registry.get_sample_value("roomtone_requests_total", asked) == 100
