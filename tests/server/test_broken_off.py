"""A body that breaks off in the middle: nobody is answered, and nothing of it is told the log."""

import re
import socket

import httpx

from tests.pictures import astronaut, jpeg
from tests.servers import TOKEN, running_server

KEY = "the-key-that-signs-source-tokens-of-this-test"


def break_off(url: str, path: str, headers: dict[str, str], begun: bytes) -> None:
    """Send a request's head and a part of its body, then hang up."""
    head = {"Host": "x", "Content-Length": str(len(begun) + 1000), **headers}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    address = httpx.URL(url)
    with socket.create_connection((address.host, address.port)) as sending:
        sending.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + begun)


def wait_for_metric(server, line: str) -> str:
    for _ in range(100):
        told = httpx.get(f"{server.url}/metrics").text
        if line in told:
            return told
    raise AssertionError(told)


def test_an_upload_that_breaks_off_leaves_no_secret_and_no_picture_in_the_log(tmp_path):
    picture = jpeg(astronaut())
    as_teacher = {"Authorization": f"Bearer {TOKEN}"}
    with running_server(tmp_path, ROOMTONE_SIGNING_KEY=KEY, ROOMTONE_READING="threads") as server:
        session = server.teacher.post("/api/v1/sessions", json={"title": "x"}).json()
        path = f"/api/v1/sessions/{session['session_id']}"
        frame = {**as_teacher, "Content-Type": "image/jpeg", "Frame-Seq": "1"}
        cookie = {"Cookie": f"roomtone_teacher={TOKEN}", "Content-Type": "application/json"}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        json = {"Content-Type": "application/json"}
        break_off(server.url, f"{path}/frames", frame, picture)
        break_off(server.url, "/api/v1/analyze", frame, picture)
        break_off(server.url, "/api/v1/join", json, b'{"join_code": "')
        break_off(server.url, "/api/v1/sessions", {**as_teacher, **json}, b'{"title": "')
        break_off(server.url, "/dashboard/sign-in", form, f"token={TOKEN}".encode())
        break_off(server.url, "/dashboard/_dash-update-component", cookie, b'{"output": "')
        wait_for_metric(server, 'roomtone_refused_total{kind="frame",reason="broke_off"} 1.0')
        assert server.teacher.get(path).json()["frames"] == 0
        server.process.terminate()
        printed = server.process.communicate(timeout=30)[0]
    printed = re.sub(r"dashboard/\?token=\S+", "", printed)  # the link for the teacher
    for secret in (TOKEN, KEY, "Traceback", "xff", "JFIF", "rror"):
        assert secret not in printed, printed[-3000:]
    assert len(printed.splitlines()) < 10
