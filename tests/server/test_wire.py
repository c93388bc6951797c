"""Requests as bytes, on a real server: two readings of one request are never both possible.

A proxy and a server that disagree where a request ends let one sender's bytes become another's
request, so whatever contradicts itself is refused and its connection closed.
"""

import re
import socket
import time

import httpx
import pytest

from tests.servers import running_server

BODY = b'{"join_code":"ZZZZ-ZZZZ"}'
JOIN = b"POST /api/v1/join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
CHUNKED = b"19\r\n" + BODY + b"\r\n0\r\n\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: y\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    data = tmp_path_factory.mktemp("wire") / "data"
    with running_server(data, ROOMTONE_DASHBOARD="off", ROOMTONE_READING="threads") as running:
        yield running


def ask(server, *parts, half_close=False):
    """Send parts, and return all that is answered until the server closes or is silent."""
    address = httpx.URL(server.url)
    got = b""
    with socket.create_connection((address.host, address.port), timeout=10) as line:
        for part in parts:
            line.sendall(part)
            time.sleep(0.02)
        if half_close:
            line.shutdown(socket.SHUT_WR)
        try:
            while part := line.recv(65_536):
                got += part
                line.settimeout(0.3)
        except TimeoutError:
            return got, "open"
        except ConnectionResetError:
            pass
    return got, "closed"


def statuses(got):
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", got)]


def lengths(*told):
    return JOIN + b"".join(b"Content-Length: " + one + b"\r\n" for one in told) + b"\r\n"


def codings(*told):
    return JOIN + b"".join(b"Transfer-Encoding" + one + b"\r\n" for one in told) + b"\r\n"


AMBIGUOUS = {
    "negative length": lengths(b"-5") + BODY,
    "length with a sign": lengths(b"+25") + BODY,
    "length in hex": lengths(b"0x19") + BODY,
    "length with an underscore": lengths(b"2_5") + BODY,
    "length beyond all numbers": lengths(b"9" * 30) + BODY,
    "empty length": lengths(b"") + BODY,
    "the same length twice": lengths(b"25", b"25") + BODY,
    "two lengths": lengths(b"25", b"5") + BODY,
    "a list of lengths": lengths(b"25, 25") + BODY,
    "too short a length": lengths(b"5") + BODY,
    "chunks and a length": JOIN + b"Transfer-Encoding: chunked\r\n" + lengths(b"5")[len(JOIN) :]
    + CHUNKED,
    "a length and chunks": JOIN + b"Content-Length: 5\r\n" + codings(b": chunked")[len(JOIN) :]
    + CHUNKED,
    "unknown coding": codings(b": xchunked") + CHUNKED,
    "chunks inside another coding": codings(b": chunked, identity") + CHUNKED,
    "space before the colon": codings(b" : chunked") + CHUNKED,
    "folded coding": codings(b":\r\n chunked") + CHUNKED,
    "two codings": codings(b": chunked", b": identity") + CHUNKED,
    "huge chunk": codings(b": chunked") + b"F" * 18 + b"\r\n" + BODY,
    "negative chunk": codings(b": chunked") + b"-1\r\n" + BODY,
    "chunk without a size": codings(b": chunked") + b"zz\r\n" + BODY,
    "chunks with bare line feeds": codings(b": chunked") + CHUNKED.replace(b"\r", b""),
    "bare line feeds": b"GET /healthz HTTP/1.1\nHost: x\n\n",
    "a zero byte in a header": GET + b"A: a\0b\r\n\r\n",
    "a space in a header's name": GET + b"A b: c\r\n\r\n",
    "a header without a name": GET + b": c\r\n\r\n",
    "a folded header": GET + b"A: b\r\n c\r\n\r\n",
}  # fmt: skip

NOT_HTTP = {
    "TLS": bytes.fromhex("1603010200010001fc0303") + bytes(500),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP of another day": b"GET / HTTP/9.9\r\n\r\n",
    "SSH": b"SSH-2.0-OpenSSH_9.0\r\n",
    "bytes": bytes(range(256)) * 10,
    "a proxy's tunnel": b"CONNECT a.b:443 HTTP/1.1\r\nHost: a.b\r\n\r\n",
    "an unknown method": b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
    "letters beyond ASCII": "GET /ü HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
}


@pytest.mark.parametrize("case", [*AMBIGUOUS, *NOT_HTTP])
def test_what_can_be_read_in_two_ways_or_in_none_is_refused_and_closed(server, case):
    got, line = ask(server, {**AMBIGUOUS, **NOT_HTTP}[case] + HIDDEN)
    assert statuses(got) == [400]
    assert b"application/problem+json" in got
    assert line == "closed"


@pytest.mark.parametrize("declared", [b"9223372036854775807", b"100000"])
def test_a_length_over_the_limit_is_refused_before_a_byte_of_it(server, declared):
    got, line = ask(server, lengths(declared))
    assert (statuses(got), line) == ([413], "closed")


def test_a_body_shorter_than_its_length_leads_to_nothing(server):
    got, line = ask(server, lengths(b"500") + BODY, half_close=True)
    assert (got, line) == (b"", "closed")


def test_what_is_well_formed_is_answered_once_each(server):
    assert statuses(ask(server, lengths(b"25") + BODY)[0]) == [404]
    assert statuses(ask(server, codings(b": chunked") + CHUNKED)[0]) == [404]
    assert statuses(ask(server, (GET + b"\r\n") * 5)[0]) == [200] * 5
    assert statuses(ask(server, *(bytes([one]) for one in GET + b"\r\n"))[0]) == [200]


def test_who_waits_to_be_told_to_go_on_is_told(server):
    waiting = JOIN + b"Expect: 100-continue\r\nContent-Length: 25\r\n\r\n"
    assert statuses(ask(server, waiting, BODY)[0]) == [100, 404]
    refused = waiting.replace(b"/join", b"/analyze").replace(b"/json", b"/jpeg")
    assert statuses(ask(server, refused)[0]) == [401]


@pytest.mark.parametrize("asked", [b"websocket", b"h2c"])
def test_a_wish_for_another_protocol_is_answered_in_this_one(server, asked):
    upgrade = GET + b"Connection: Upgrade\r\nUpgrade: " + asked + b"\r\n\r\n"
    assert statuses(ask(server, upgrade)[0]) == [200]


@pytest.mark.parametrize(
    "head",
    [
        GET + b"a:b\r\n" * 11_000,
        GET + b"".join(b"A%d: b\r\n" % number for number in range(5000)),
        b"GET /" + b"a/" * 30_000 + b" HTTP/1.1\r\n",
        b"GET /healthz?" + b"a=b&" * 15_000 + b" HTTP/1.1\r\n",
        GET + b"Cookie: " + b"a=b; " * 12_000 + b"\r\n",
    ],
    ids=["many headers", "many names", "long path", "long query", "cookies"],
)
def test_heads_of_the_largest_size_are_answered(server, head):
    got, _ = ask(server, head + b"\r\n")
    assert statuses(got) in ([200], [404])
