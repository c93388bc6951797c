"""`roomtone serve` as a process: what it prints, how it stops, what it survives."""

import signal
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.pictures import astronaut, jpeg
from tests.servers import TOKEN, free_port, running_server


def test_it_serves_api_docs_and_dashboard_prints_their_links_and_stops_cleanly_on_ctrl_c(tmp_path):
    with running_server(tmp_path) as server:
        look_at_api_docs_and_dashboard(server)
        server.process.send_signal(signal.SIGINT)
        printed = server.process.communicate(timeout=30)[0]
    assert f"{server.url}/dashboard/?token={TOKEN}" in printed
    assert f"{server.url}/docs" in printed
    assert "Traceback" not in printed
    assert server.process.returncode == 0


def look_at_api_docs_and_dashboard(server):
    with httpx.Client(base_url=server.url) as visitor:
        assert visitor.get("/docs").status_code == 200
        signed_in = visitor.get(f"/dashboard/?token={TOKEN}", follow_redirects=True)
        assert signed_in.status_code == 200
        assert TOKEN not in str(signed_in.url)
        assert TOKEN not in signed_in.text
        assert visitor.get("/").headers["location"] == "/dashboard/"
        unknown = visitor.get("/nonsense")
        assert unknown.status_code == 404
        assert unknown.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_no_answered_frame_is_lost_or_counted_twice(tmp_path, end):
    frame, port = jpeg(astronaut()), free_port()
    with running_server(tmp_path, port=port) as server:
        session = server.teacher.post("/api/v1/sessions", json={"title": "x"}).json()
        sources = [Source(server.url, session) for _ in range(6)]
        threads = [threading.Thread(target=s.send_until_gone, args=(frame,)) for s in sources]
        for thread in threads:
            thread.start()
        while sum(source.answered for source in sources) < 60:
            time.sleep(0.005)
        server.process.send_signal(end)
        for thread in threads:
            thread.join()
    with running_server(tmp_path, port=port) as server:
        for source in sources:
            source.send_again(frame)
        path = f"/api/v1/sessions/{session['session_id']}"
        told = server.teacher.get(path).json()
    # Every number up to the last answered one counts once; the one in flight at the end was sent
    # again and counts once, whether it had been committed before the end or not.
    assert told["frames"] == sum(source.seq for source in sources)


class Source:
    """Sends one frame after the other and remembers what was answered."""

    def __init__(self, url: str, session: dict) -> None:
        joined = httpx.post(f"{url}/api/v1/join", json={"join_code": session["join_code"]}).json()
        self._path = f"/api/v1/sessions/{session['session_id']}/frames"
        headers = {"Authorization": f"Bearer {joined['token']}", "Content-Type": "image/jpeg"}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=30)
        self.seq, self.answered = 0, 0

    def send_until_gone(self, frame: bytes) -> None:
        while True:
            self.seq += 1
            try:
                if self._send(frame).status_code != 200:
                    return
            except httpx.HTTPError:
                return
            self.answered += 1

    def send_again(self, frame: bytes) -> None:
        assert self._send(frame).status_code == 200

    def _send(self, frame: bytes) -> httpx.Response:
        return self._client.post(self._path, content=frame, headers={"Frame-Seq": str(self.seq)})


def test_a_demo_finds_its_own_server_past_a_proxy_and_on_ipv6(tmp_path):
    with running_server(
        tmp_path,
        command="demo",
        ROOMTONE_HOST="::1",
        HTTP_PROXY="http://127.0.0.1:9",
        ALL_PROXY="http://127.0.0.1:9",
    ) as server:
        for _ in range(100):
            sessions = server.teacher.get("/api/v1/sessions").json()
            if sessions and sessions[0]["frames"]:
                break
            time.sleep(0.1)
    assert sessions[0]["simulated"] is True
    assert sessions[0]["frames"] > 0


def test_an_odd_token_makes_a_link_that_works_and_join_links_for_nobody_else_are_told(tmp_path):
    told = {"ROOMTONE_TEACHER_TOKEN": "a&b c#d?é", "ROOMTONE_HOST": "0.0.0.0"}
    with running_server(tmp_path, ROOMTONE_READING="threads", **told) as server:
        server.process.terminate()
        printed = server.process.communicate(timeout=30)[0]
    assert "?token=a%26b%20c%23d%3F%C3%A9" in printed
    assert "ROOMTONE_PUBLIC_URL" in printed


def test_the_teachers_token_is_made_once_and_kept_private(tmp_path):
    printed = []
    for _ in range(2):
        with running_server(
            tmp_path, ROOMTONE_TEACHER_TOKEN="", ROOMTONE_READING="threads"
        ) as server:
            server.process.terminate()
            printed.append(server.process.communicate(timeout=30)[0])
    token = (tmp_path / "teacher-token").read_text().strip()
    assert len(token) >= 32
    assert all(f"token={token}" in text for text in printed)
    assert Path(tmp_path / "teacher-token").stat().st_mode & 0o077 == 0
