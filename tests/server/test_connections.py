"""Connections of those who dawdle, say nothing or take nothing are let go; others are not."""

import asyncio
import logging
import socket
import struct
import threading
import time
from contextlib import contextmanager
from functools import partial

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from server.connections import MOST_PIPELINED, KeptConnection, Places, count_places
from server.running import _Server, bind_port

HEAD_SECONDS = 0.5
GET = b"GET /brief HTTP/1.1\r\nHost: x\r\n\r\n"


def make_app():
    app = FastAPI()

    @app.get("/brief")
    async def brief() -> str:
        return "here"

    @app.get("/late")
    async def late(seconds: float = 3) -> str:
        await asyncio.sleep(seconds)
        return "here after all"

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def parts():
            for number in range(4):
                yield f"{number};"
                await asyncio.sleep(0.8)

        return StreamingResponse(parts())

    @app.get("/endless")
    async def endless() -> StreamingResponse:
        async def parts():
            while True:
                yield b"x" * 100_000
                await asyncio.sleep(0)

        return StreamingResponse(parts())

    @app.post("/refused")
    async def refused(request: Request) -> Response:
        return Response("no", 401)

    return app


@contextmanager
def served(most):
    listener = bind_port("127.0.0.1", 0)
    http = partial(
        KeptConnection,
        places=Places(most),
        head_seconds=HEAD_SECONDS,
        stalled_seconds=HEAD_SECONDS,
    )
    config = uvicorn.Config(make_app(), http=http, log_config=None, timeout_graceful_shutdown=1)
    ready = threading.Event()
    server = _Server(config, ready.set, None, ())
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    assert ready.wait(10)
    try:
        yield server, listener.getsockname()
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


@pytest.fixture(scope="module")
def address():
    with served(most=1000) as (_, at):
        yield at


def connect(address, *, receive=None):
    line = socket.socket()
    if receive:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    line.settimeout(10)
    line.connect(address)
    return line


def read_to_end(line):
    got = b""
    try:
        while part := line.recv(65_536):
            got += part
    except ConnectionResetError:
        pass
    return got


def trickle(line):
    for _ in range(160):
        line.sendall(b"x")
        time.sleep(0.05)


def test_a_connection_that_never_asks_is_closed(address):
    with connect(address) as line:
        assert read_to_end(line) == b""


def test_a_head_that_trickles_in_is_given_up_and_told_so(address):
    with connect(address) as line:
        got = b""
        line.settimeout(0.1)
        line.sendall(b"GET /brief HTTP/1.1\r\nHost: x\r\nA: ")
        for _ in range(100):
            try:
                line.sendall(b"a")
                got += line.recv(1000)
            except TimeoutError:
                continue
            except (BrokenPipeError, ConnectionResetError):
                break
            if b"}" in got:
                break
        assert got.startswith(b"HTTP/1.1 408 ")
        assert b"application/problem+json" in got
        assert b"Send it again." in got


def test_a_second_head_that_trickles_in_is_given_up_too(address):
    with connect(address) as line:
        line.sendall(GET)
        assert b"here" in line.recv(1000)
        line.sendall(b"GET /brief HTTP/1.1\r\nHost:")
        assert read_to_end(line).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_nobody_waits_for_does_not_keep_a_connection(address):
    with connect(address) as line:
        line.sendall(b"POST /refused HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n")
        assert b" 401 " in line.recv(1000)
        with pytest.raises(OSError, match=r"reset|pipe"):
            trickle(line)


def test_who_takes_nothing_of_an_answer_is_let_go(address):
    with connect(address, receive=4096) as line:
        line.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(3)
        line.settimeout(2)
        received = len(read_to_end(line))
    assert 0 < received < 10_000_000


def test_answers_that_take_long_and_streams_are_not_cut(address):
    with connect(address) as late, connect(address) as stream:
        late.sendall(b"GET /late HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        stream.sendall(b"GET /stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"here after all" in read_to_end(late)
        assert b"3;" in read_to_end(stream)


def test_a_few_requests_at_once_are_answered_in_order_and_a_flood_is_not(address):
    with connect(address) as line:
        line.sendall(
            GET * (MOST_PIPELINED - 1) + GET.replace(b"Host", b"Connection: close\r\nHost")
        )
        assert read_to_end(line).count(b" 200 OK") == MOST_PIPELINED
    with connect(address) as flood:
        flood.sendall(GET * 1000)
        assert read_to_end(flood).count(b" 200 OK") < 1000


def test_who_goes_away_with_requests_waiting_leaves_no_error(caplog):
    with served(most=10) as (server, address):
        with connect(address) as line:
            line.sendall(GET.replace(b"brief", b"late?seconds=0.2") * 3)
            assert b" 200 OK" in line.recv(65_536)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        while server.server_state.tasks:
            time.sleep(0.01)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_the_idlest_make_room_for_one_more():
    with served(most=5) as (server, address):
        busy = connect(address)
        busy.sendall(b"GET /late HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        idle = [connect(address) for _ in range(4)]
        time.sleep(0.1)
        with connect(address) as one_more:
            one_more.sendall(GET)
            assert b" 200 OK" in one_more.recv(1000)
            assert read_to_end(idle[0]) == b""
        assert b"here after all" in read_to_end(busy)
        assert len(server.server_state.connections) <= 5


def test_where_all_are_at_work_one_more_is_refused():
    with served(most=3) as (_, address):
        busy = [connect(address) for _ in range(3)]
        for line in busy:
            line.sendall(b"GET /late HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        time.sleep(0.2)
        with connect(address) as one_more:
            got = read_to_end(one_more)
        assert got.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 2\r\n" in got
        assert all(b"here after all" in read_to_end(line) for line in busy)
        with connect(address) as later:
            later.sendall(GET)
            assert b" 200 OK" in later.recv(1000)


def test_some_descriptors_are_left_for_files():
    resource = pytest.importorskip("resource", reason="there are no limits on Windows")
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert 0 < count_places() < resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= soft
