"""Requests whose head has no end, on a real server: it must neither hold them nor stand still."""

import socket
import time

import httpx
import pytest

from server.heads import MOST_HEAD_BYTES
from tests.servers import running_server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    data = tmp_path_factory.mktemp("heads") / "data"
    with running_server(data, ROOMTONE_DASHBOARD="off", ROOMTONE_READING="threads") as running:
        yield running


def send(server, *parts):
    """Send parts until the server has had enough; return the beginning of its answer."""
    address = httpx.URL(server.url)
    with socket.create_connection((address.host, address.port), timeout=20) as line:
        try:
            for part in parts:
                line.sendall(part)
                time.sleep(0.002)
            return line.recv(4096)
        except (BrokenPipeError, ConnectionResetError):
            return b"cut off"


ENDLESS = [b"a" * 100_000] * 400
CHUNKED = b"POST /api/v1/join HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "beginning",
    [b"GET /", b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: ", CHUNKED + b"1;", CHUNKED + b"0\r\nA: "],
    ids=["address", "header", "chunk", "trailer"],
)
def test_a_head_without_end_is_cut_off(server, beginning):
    answer = send(server, beginning, *ENDLESS)
    assert answer == b"cut off" or b" 431 " in answer.split(b"\r\n")[0] or answer == b""
    begun = time.monotonic()
    assert httpx.get(f"{server.url}/healthz", trust_env=False).status_code == 200
    assert time.monotonic() - begun < 2


def test_a_head_that_is_too_long_is_told_so(server):
    sent = b"GET /healthz HTTP/1.1\r\nHost: x\r\nA: " + b"a" * (MOST_HEAD_BYTES + 1)
    answer = send(server, sent)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b"Send shorter ones." in answer


def test_long_headers_and_bodies_of_many_parts_pass(server):
    with httpx.Client(base_url=server.url, trust_env=False) as http:
        for _ in range(3):  # on one connection: each request counts by itself
            answer = http.get("/healthz", headers={"A": "a" * (MOST_HEAD_BYTES - 5000)})
            assert answer.status_code == 200
            sent = http.post("/api/v1/analyze", content=(b"x" * 9000 for _ in range(30)))
            assert sent.status_code == 401
