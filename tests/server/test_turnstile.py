"""A frame that is turned away before the app is refused as the app would refuse it."""

import functools
import re
import socket
import threading
import time

import httpx
import pytest
import uvicorn

from server.app import create_app
from server.running import _Server, bind_port, prepare_connections
from tests.bench.invented_server import InventingPipeline
from tests.server.conftest import TOKEN, StoppedClock, path_of
from tests.server.test_ledger import balanced, refused_for

EARLY, BY_THE_APP = "Bearer", "bearer"
"""The scheme of the token in small letters is right as well, and only the route knows it."""
BODY = b"no picture, and nobody looks"


class Lesson:
    """A server on a socket, whose engine may be made full; `early` is what it answered early."""

    def __init__(self, app, address):
        self.engine, self.pace = app.state.service.ingest.engine, app.state.service.ingest.pace
        self.clock, self.address, self.early = app.state.service.clock, address, []
        self._turn_away = app.state.turn_away
        app.state.turn_away = self._watch
        headers = {"Authorization": f"Bearer {TOKEN}"}
        self.teacher = httpx.Client(base_url=f"http://127.0.0.1:{address[1]}", headers=headers)

    def begin(self):
        self.session = self.teacher.post("/api/v1/sessions", json={"title": "Biology 9b"}).json()
        asked = {"join_code": self.session["join_code"]}
        self.token = self.teacher.post("/api/v1/join", json=asked).json()["token"]

    def _watch(self, *request):
        answer = self._turn_away(*request)
        self.early += [answer] if answer else []
        return answer

    def write(self, seq=1, scheme=EARLY, *, of=None, token=None, body=BODY, **more):
        """Return the bytes of a frame's call."""
        told = {"Host": "x", "Authorization": f"{scheme} {token or self.token}"}
        told |= {"Frame-Seq": seq, "Content-Type": "image/jpeg", "Content-Length": len(body)}
        lines = [f"{k.replace('_', '-')}: {v}\r\n" for k, v in {**told, **more}.items()]
        path = path_of(of or self.session, "/frames")
        return f"POST {path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode() + body

    def ask(self, request):
        """Return the answer to a request on a connection of its own."""
        with socket.create_connection(self.address, 10) as line:
            line.sendall(request)
            return read_answers(line, 1)

    def books(self):
        told = self.teacher.get("/metrics").text
        return balanced(told)["frame"], told


def read_answers(line, number):
    """Read so many whole answers with Content-Length."""
    got, rest = b"", b""
    for _ in range(number):
        while (end := rest.find(b"\r\n\r\n")) < 0:
            rest += line.recv(65_536) or pytest.fail("closed")
        size = end + 4 + int(re.search(rb"content-length: (\d+)", rest[:end])[1])
        while len(rest) < size:
            rest += line.recv(65_536) or pytest.fail("closed")
        got, rest = got + rest[:size], rest[size:]
    return got


def statuses(got):
    return [int(status) for status in re.findall(rb"HTTP/1.1 (\d+) ", got)]


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


@pytest.fixture
def lesson(settings):
    app = create_app(settings, pipeline=InventingPipeline(0), clock=StoppedClock())
    listener = bind_port("127.0.0.1", 0)
    lesson = Lesson(app, listener.getsockname())
    http = functools.partial(prepare_connections(app), head_seconds=0.5)
    config = uvicorn.Config(app, http=http, log_config=None, server_header=False, lifespan="on")
    ready = threading.Event()
    server = _Server(config, ready.set, None, app.state.closers)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    assert ready.wait(10)
    lesson.begin()
    lesson.connections = server.server_state.connections
    yield lesson
    lesson.teacher.close()
    server.should_exit = True
    thread.join(20)
    listener.close()


@pytest.fixture
def full(lesson):
    """The same, after one frame was counted, with a queue that is full."""
    assert statuses(lesson.ask(lesson.write(1))) == [200]
    assert lesson.early == []
    lesson.engine._limit = 0
    return lesson


def test_its_answer_is_byte_for_byte_the_apps(full):
    told = []
    for scheme in (EARLY, BY_THE_APP):
        got = full.ask(full.write(2, scheme, X_Request_Id="0123456789abcdef"))
        told.append(re.sub(rb"(retry-after: [123]|date: [^\r]+)\r\n", lambda m: m[0][:6], got))
    assert told[0] == told[1]
    assert len(full.early) == 1
    assert told[0].startswith(b"HTTP/1.1 429 Too Many Requests\r\n")
    assert b"x-request-id: 0123456789abcdef\r\n" in told[0]
    invented = [full.ask(full.write(2)) for _ in range(2)]
    ids = {re.search(rb"x-request-id: ([0-9a-f]{16})\r\n", got)[1] for got in invented}
    assert len(ids) == 2


def test_the_books_are_exact_either_way(full):
    for scheme in (EARLY, BY_THE_APP, EARLY):
        full.ask(full.write(2, scheme))
    account, told = full.books()
    assert (account["received"], account["counted"], account["open"]) == (4, 1, 0)
    assert refused_for(account) == {"busy": 3}
    assert len(full.early) == 2
    route = 'method="POST",route="/api/v1/sessions/{session_id}/frames",status="429"'
    assert f"roomtone_requests_total{{{route}}} 3.0" in told


def test_a_source_that_is_too_fast_is_told_so(lesson):
    lesson.pace.per_second, lesson.pace._burst = 0.01, 1
    assert [statuses(lesson.ask(lesson.write(seq))) for seq in (1, 2)] == [[200], [429]]
    assert b"A source may send" in lesson.early[0]
    assert refused_for(lesson.books()[0]) == {"too_fast": 1}


def test_what_was_refused_counts_for_the_pace_too(full):
    full.pace.per_second, full.pace._burst = 0.01, 1
    full.pace._free_at.clear()
    assert [statuses(full.ask(full.write(2))) for _ in range(2)] == [[429], [429]]
    assert refused_for(full.books()[0]) == {"busy": 1, "too_fast": 1}
    assert len(full.early) == 2


def test_what_is_wrong_otherwise_is_refused_for_that(full):
    other = full.teacher.post("/api/v1/sessions", json={"title": "Physics"}).json()
    wrong = [
        full.write(2, token="nobody's"),
        full.write(2, of=other),
        full.write("x"),
        full.write(1),
    ]
    assert [statuses(full.ask(each)) for each in wrong] == [[401], [403], [422], [200]]
    full.clock.now += 13 * 3600
    assert statuses(full.ask(full.write(2))) == [401], "its token has expired"
    full.clock.now -= 13 * 3600
    full.teacher.post(path_of(full.session, "/end"))
    unknown = statuses(full.ask(full.write(2)))
    assert (unknown, len(full.early)) == ([429], 1), "nothing is asked of SQL in vain"
    full.engine._limit = 20
    assert statuses(full.ask(full.write(2))) == [409]
    full.engine._limit = 0
    assert statuses(full.ask(full.write(2))) == [409], "now it is known to have ended"


def test_answers_stay_in_order_on_a_connection_that_stays_open(full):
    frame, metrics = full.write(2), b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(full.address, 10) as line:
        line.sendall(frame[:-5])
        assert statuses(read_answers(line, 1)) == [429]
        line.sendall(frame[-5:] + frame + metrics + frame + metrics)
        assert statuses(read_answers(line, 4)) == [429, 200, 429, 200]
    assert len(full.early) == 2, "behind another answer it is the app's turn"
    assert refused_for(full.books()[0]) == {"busy": 3}


def test_who_wants_to_be_asked_for_the_body_or_to_close_is_answered_by_the_app(full):
    assert statuses(full.ask(full.write(2, Expect="100-continue")))[-1] == 429
    with socket.create_connection(full.address, 10) as line:
        line.sendall(full.write(2, Connection="close"))
        assert b"connection: close" in read_answers(line, 1)
        assert line.recv(100) == b""
    assert full.early == []


def test_a_refused_body_that_never_ends_does_not_keep_the_connection(full):
    with socket.create_connection(full.address, 10) as line:
        line.sendall(full.write(2)[:-5])
        assert statuses(read_answers(line, 1)) == [429]
        assert line.recv(100) == b""


def test_a_connection_is_waited_for_from_its_last_refusal_on(full):
    with socket.create_connection(full.address, 10) as line:
        line.sendall(full.write(2))
        read_answers(line, 1)
        opened = max(each.idle_since for each in full.connections)
        time.sleep(0.01)  # the loop's clock counts milliseconds
        for _ in range(2):  # once the second is answered the first is noted
            line.sendall(full.write(2))
            assert statuses(read_answers(line, 1)) == [429]
        assert max(each.idle_since for each in full.connections) > opened


def test_a_server_that_logs_or_traces_every_request_turns_nobody_away(settings):
    all_logged = settings.model_copy(update={"log_requests": "all"})
    app = create_app(all_logged, pipeline=InventingPipeline(0))
    assert not hasattr(app.state, "turn_away")
    app.state.service.database.close()
