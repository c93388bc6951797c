"""The main job through the very commands of docker-compose.yml, started without Docker."""

import re
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.containers import DASHBOARD_PORT, SERVER_PORT, VARIABLES, Container
from tests.pictures import gallery, jpeg
from tests.servers import TOKEN, free_port


@dataclass
class Composed:
    """The started services, and a visitor at the one published port."""

    server: Container
    dashboard: Container
    url: str
    folder: Path

    @property
    def teacher(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.url, timeout=30, headers={"Authorization": f"Bearer {TOKEN}"}
        )

    @property
    def visitor(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30)


@pytest.fixture(scope="module")
def composed(postgres, tmp_path_factory):
    """Server and dashboard as the compose file starts them, on an empty PostgreSQL."""
    folder, (database, url) = tmp_path_factory.mktemp("compose"), postgres.create()
    ports = {SERVER_PORT: free_port(), DASHBOARD_PORT: free_port()}
    public = f"http://127.0.0.1:{ports[SERVER_PORT]}"
    variables = {**VARIABLES, "ROOMTONE_PUBLIC_URL": public}
    server = Container("server", folder, ports, variables)
    server.environment |= {
        "ROOMTONE_PORT": str(ports[SERVER_PORT]),
        "ROOMTONE_DATABASE_URL": url,
        "ROOMTONE_SOURCE_FRAMES_PER_SECOND": "1000",  # the tests wait for nobody
    }
    dashboard = Container("dashboard", folder, ports, variables)
    try:
        server.start()
        dashboard.start()
        yield Composed(server, dashboard, public, folder)
    finally:
        dashboard.end(signal.SIGTERM)
        server.end(signal.SIGTERM)
        postgres.drop(database)


@pytest.fixture(scope="module")
def six_faces():
    return jpeg(gallery(2, 3))


@pytest.fixture
def page():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium",
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
        except sync_api.Error as error:
            pytest.skip(f"Chromium does not start here: {error}")
        yield browser.new_page()
        browser.close()


class Lesson:
    """A session with one source that sends the same frame again and again."""

    def __init__(self, composed, frame):
        self.teacher, self._frame = composed.teacher, frame
        made = self.teacher.post(
            "/api/v1/sessions", json={"title": "Through one port", "expected_students": 8}
        )
        assert made.status_code == 201, made.text
        self.session = made.json()
        self.path = f"/api/v1/sessions/{self.session['session_id']}"
        joined = composed.visitor.post(
            "/api/v1/join", json={"join_code": self.session["join_code"]}
        )
        self._source = httpx.Client(
            base_url=composed.url,
            headers={
                "Authorization": f"Bearer {joined.json()['token']}",
                "Content-Type": "image/jpeg",
            },
            timeout=30,
        )

    def send(self, seq):
        answer = self._source.post(
            f"{self.path}/frames", content=self._frame, headers={"Frame-Seq": str(seq)}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def mood(self):
        return self.teacher.get(f"{self.path}/mood").json()


def test_the_main_job_goes_through_the_one_port(composed, six_faces):
    lesson = Lesson(composed, six_faces)
    answers = [lesson.send(seq) for seq in (1, 2, 3)]
    assert [len(answer["faces"]) for answer in answers] == [6, 6, 6]
    now = lesson.mood()["now"]
    assert (now["frames"], now["faces"], now["visible"], now["enough"]) == (3, 18, 6, True)
    assert sum(now["counts"].values()) == 18


def test_the_dashboard_of_its_own_is_seen_through_the_same_port(composed, six_faces):
    lesson, visitor = Lesson(composed, six_faces), composed.visitor
    page = f"/dashboard/session/{lesson.session['session_id']}"
    assert visitor.get(page).status_code == 401
    signed_in = visitor.get(f"{page}?token={TOKEN}")
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, page)
    assert "HttpOnly" in signed_in.headers["set-cookie"]
    shown = visitor.get(page)
    assert shown.status_code == 200
    assets = set(re.findall(r'(?:src|href)="(/dashboard/[^"]+\.(?:js|css)[^"]*)"', shown.text))
    assert len(assets) > 5
    for asset in assets:
        answer = visitor.get(asset.replace("&amp;", "&"))
        assert answer.status_code == 200, asset
        assert len(answer.content) == int(answer.headers["content-length"]) > 0
    told = visitor.post("/dashboard/_dash-update-component", json=_asking_for(page))
    assert told.status_code == 200, told.text
    assert lesson.session["session_id"] in told.text
    assert composed.visitor.post("/dashboard/_dash-update-component", json={}).status_code == 401


def test_behind_a_tls_proxy_the_cookie_is_for_https_alone(composed):
    link, proxied = f"/dashboard/?token={TOKEN}", {"X-Forwarded-Proto": "https"}
    assert "Secure" in composed.visitor.get(link, headers=proxied).headers["set-cookie"]
    assert "Secure" not in composed.visitor.get(link).headers["set-cookie"]


def test_a_websocket_is_refused_so_that_the_page_polls(composed):
    asking = (
        "GET /dashboard/_dash-ws-callback HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    address = httpx.URL(composed.url)
    with socket.create_connection((address.host, address.port), timeout=10) as line:
        line.sendall(asking.encode())
        assert line.recv(1024).startswith(b"HTTP/1.1 401 ")  # as any call of a stranger, no 101


@pytest.mark.browser
@pytest.mark.slow
def test_the_live_page_follows_the_lesson_through_the_gateway(composed, six_faces, page):
    troubles = []
    page.on("websocket", lambda socket: troubles.append(socket.url))
    page.on("response", lambda a: troubles.append(a.url) if a.status >= 400 else None)
    lesson = Lesson(composed, six_faces)
    page.goto(f"{composed.url}/dashboard/?token={TOKEN}")
    page.goto(f"{composed.url}/dashboard/session/{lesson.session['session_id']}")
    page.get_by_text("0 of 8 visible").wait_for()
    lesson.send(1)
    page.get_by_text("6 of 8 visible").wait_for(timeout=3000)
    assert troubles == []


@pytest.mark.slow
def test_a_killed_server_comes_back_with_every_answered_frame(composed, six_faces):
    lesson = Lesson(composed, six_faces)
    told = [lesson.send(seq) for seq in range(1, 6)]
    composed.server.end(signal.SIGKILL)
    assert not composed.server.is_healthy()
    composed.server.start()
    assert lesson.send(5)["outcome"] == "duplicate"
    assert lesson.send(6)["outcome"] == "counted"
    session = lesson.mood()["session"]
    assert (session["frames"], session["faces"]) == (6, sum(len(a["faces"]) for a in told) + 6)


@pytest.mark.slow
def test_a_stopped_dashboard_is_told_and_comes_back(composed):
    visitor = composed.visitor
    visitor.get(f"/dashboard/?token={TOKEN}")
    composed.dashboard.end(signal.SIGTERM)
    gone = visitor.get("/dashboard/")
    assert gone.status_code == 503
    assert gone.headers["content-type"] == "application/problem+json"
    assert composed.server.is_healthy()
    composed.dashboard.start()
    assert visitor.get("/dashboard/").status_code == 200


@pytest.mark.slow
def test_a_stop_is_clean_and_nothing_is_left_in_the_container(composed):
    composed.server.end(signal.SIGTERM)
    try:
        printed = composed.server.log.read_text()
        assert "every answered frame is in the database" in printed
        assert "Traceback" not in printed + composed.dashboard.log.read_text()
        assert list(composed.server.home.iterdir()) == []
        assert list(composed.dashboard.home.iterdir()) == []
    finally:
        composed.server.start()


def _asking_for(page: str) -> dict:
    """Return what Dash's page sends to learn what to show at an address."""
    return {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "changedPropIds": ["url.pathname"],
        "inputs": [{"id": "url", "property": "pathname", "value": page}],
        "state": [],
    }
