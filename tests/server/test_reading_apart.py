"""A real server whose process that reads is killed: it says so, starts anew and keeps its books."""

import os
import signal
import sys
import time

import httpx
import pytest

from bench.processes import list_family
from tests.fuzzing.processes import is_running
from tests.pictures import astronaut, jpeg
from tests.server.conftest import path_of
from tests.server.test_ledger import balanced
from tests.servers import running_server

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /proc")

FRAME = jpeg(astronaut())


def join(server, session):
    asked = {"join_code": session["join_code"]}
    token = httpx.post(f"{server.url}/api/v1/join", json=asked).json()["token"]
    return {"Authorization": f"Bearer {token}", "Content-Type": "image/jpeg"}


def find_readers(server):
    return list_family(server.process.pid)[1:]


def test_a_killed_reader_is_told_replaced_and_nothing_is_counted_twice(tmp_path):
    with running_server(tmp_path, ROOMTONE_DASHBOARD="off") as server:
        session = server.teacher.post("/api/v1/sessions", json={"title": "x"}).json()
        path, student = path_of(session), join(server, session)
        with httpx.Client(base_url=server.url, timeout=30, trust_env=False) as client:

            def send(number):
                headers = {**student, "Frame-Seq": str(number)}
                return client.post(f"{path}/frames", content=FRAME, headers=headers)

            assert send(1).json()["outcome"] == "counted"
            (reader,) = find_readers(server)
            os.kill(reader, signal.SIGKILL)
            answers = [send(2)]
            until = time.monotonic() + 30
            while answers[-1].status_code != 200 and time.monotonic() < until:
                time.sleep(0.1)
                answers.append(send(2))
            assert answers[-1].json()["outcome"] == "counted"
            for answer in answers[:-1]:
                assert answer.status_code == 503
                assert "Send the next frame" in answer.json()["detail"]
            assert find_readers(server) != [reader]
            assert client.get("/readyz").status_code == 200
            told = client.get("/metrics").text
            assert balanced(told)["frame"]["counted"] == 2
            assert "roomtone_reading_starts_total 2.0" in told
        assert server.teacher.get(path).json()["frames"] == 2


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_reader_goes_with_its_server(tmp_path, how):
    with running_server(tmp_path, ROOMTONE_DASHBOARD="off") as server:
        (reader,) = find_readers(server)
        server.process.send_signal(how)
        server.process.wait(30)
        until = time.monotonic() + 10
        while is_running(reader):
            assert time.monotonic() < until
            time.sleep(0.02)


def test_threads_of_the_server_read_where_that_is_wished(tmp_path):
    with running_server(tmp_path, ROOMTONE_DASHBOARD="off", ROOMTONE_READING="threads") as server:
        session = server.teacher.post("/api/v1/sessions", json={"title": "x"}).json()
        headers = {**join(server, session), "Frame-Seq": "1"}
        answer = httpx.post(
            f"{server.url}{path_of(session)}/frames", content=FRAME, headers=headers, timeout=30
        )
        assert answer.json()["faces"] != []
        assert find_readers(server) == []
