"""A real server for the student's page, and browsers with and without a camera in front of it."""

import contextlib
import json
import sqlite3
import time
from pathlib import Path

import pytest

from tests.cameras import BROWSER, film, with_camera
from tests.pictures import astronaut, jpeg
from tests.servers import running_server

STATE = "state => document.body.dataset.state === state"
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


class Lesson:
    """One session of the running server, and what its database says of it."""

    def __init__(self, server, data, **wish):
        self.server, self.data = server, data
        body = {"title": "Biology 9b", "send_seconds": 1, **wish}
        with server.teacher as http:
            answer = http.post("/api/v1/sessions", json=body)
        assert answer.status_code == 201, answer.text
        self.session = answer.json()
        self.code = self.session["join_code"]
        self.url = f"{server.url}/join/{self.code}"

    def tell(self):
        with self.server.teacher as http:
            return http.get(f"/api/v1/sessions/{self.session['session_id']}").json()

    def end(self):
        with self.server.teacher as http:
            http.post(f"/api/v1/sessions/{self.session['session_id']}/end")

    def delete(self):
        with self.server.teacher as http:
            http.delete(f"/api/v1/sessions/{self.session['session_id']}")

    def count(self, table, what="count(*)"):
        with contextlib.closing(sqlite3.connect(self.data / "roomtone.db")) as db:
            query = f"SELECT coalesce({what}, 0) FROM {table} WHERE session_id = ?"
            return db.execute(query, [self.session["session_id"]]).fetchone()[0]

    @property
    def frames(self):
        return sum(self.count(table, "sum(frames)") for table in ("tally", "open_tally"))


class Student:
    """A page in a browser: what a student does and sees."""

    def __init__(self, page, url):
        self.page, self.complaints, self.requests = page, [], []
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._note)
        page.goto(url)

    def _note(self, request):
        self.requests.append(request)

    @property
    def state(self):
        return self.page.evaluate("document.body.dataset.state")

    def waits_for(self, state, *, seconds=20):
        self.page.wait_for_function(STATE, arg=state, timeout=1000 * seconds)

    def press(self, name):
        self.page.locator(f"#{name}").click()

    def reads(self, name):
        return self.page.locator(f"#{name}").inner_text()

    def sends(self, frames, *, seconds=20):
        """Wait until so many frames were counted, as the page's list says."""
        self.page.wait_for_function(
            "n => Number.parseInt(document.getElementById('sent-count').textContent) >= n",
            arg=frames + 1,
            timeout=1000 * seconds,
        )

    def agrees(self):
        self.press("agree")
        self.waits_for("sending")

    def download(self):
        with self.page.expect_download() as download:
            self.page.locator("#download-sent").evaluate("button => button.click()")
        return json.loads(Path(download.value.path()).read_text("utf-8"))


def counted(told, kind="frame"):
    return [e for e in told["sent"] if e["kind"] == kind and e["outcome"] == "counted"]


def wait_until(true, seconds=10):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def answer(status, **headers):
    def fulfil(route):
        body = json.dumps({"title": "Trouble", "status": status, "detail": "Trouble."})
        route.fulfill(
            status=status, headers=headers, content_type="application/problem+json", body=body
        )

    return fulfil


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    return tmp_path_factory.mktemp("student") / "data"


@pytest.fixture(scope="session")
def server(data):
    with running_server(data, ROOMTONE_DASHBOARD="off", ROOMTONE_READING="threads") as running:
        yield running


@pytest.fixture
def start(server, data):
    """Starts a session of the server."""
    return lambda **wish: Lesson(server, data, **wish)


@pytest.fixture(scope="module")  # Playwright left open would keep others from opening theirs
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def portrait_film(tmp_path_factory):
    """A camera that shows one face."""
    folder = tmp_path_factory.mktemp("film")
    for i in range(4):
        (folder / f"{i:03}.jpg").write_bytes(jpeg(astronaut()))
    return film(folder, folder / "camera.mjpeg")


@pytest.fixture(scope="module")
def browsers(chromium, portrait_film):
    """Browsers by what their camera is: a face, Chromium's synthetic picture, denied, none."""
    sync_api = pytest.importorskip("playwright.sync_api")
    opened = {}
    arguments = {
        "face": with_camera(portrait_film),
        "synthetic": with_camera(None),
        "denied": [*BROWSER, "--use-fake-device-for-media-stream", "--deny-permission-prompts"],
        "none": [*BROWSER, "--use-fake-ui-for-media-stream"],
    }

    def open_it(camera):
        if camera not in opened:
            try:
                opened[camera] = chromium.launch(
                    executable_path="/usr/bin/chromium", args=arguments[camera]
                )
            except sync_api.Error as error:
                pytest.skip(f"Chromium does not start here: {error}")
        return opened[camera]

    yield open_it
    for browser in opened.values():
        browser.close()


@pytest.fixture
def student(browsers):
    """Opens a student's page in a browser of its own."""
    contexts = []

    def open_it(url, *, camera="synthetic", size=PHONE, scheme="light", **more):
        context = browsers(camera).new_context(
            viewport=size, color_scheme=scheme, locale="en-GB", **more
        )
        contexts.append(context)
        return Student(context.new_page(), url)

    yield open_it
    for context in contexts:
        context.close()
