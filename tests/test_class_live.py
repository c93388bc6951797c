"""A whole lesson in real browsers: six students with cameras, a teacher's dashboard, one server.

Needs Chromium, and real frames from ../shared/data (or ROOMTONE_BENCH_DATA) for the cameras.
"""

import json
import re
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.frames import find_data
from tests.cameras import film, with_camera
from tests.servers import TOKEN, RunningServer, free_port, running_server

sync_api = pytest.importorskip("playwright.sync_api")

DATA = find_data()
STATES = ("engaged", "confused", "frustrated", "looking_away", "bored", "drowsy")
PATIENCE = 60_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        DATA is None, reason="no real frames: put them at ../shared/data or set ROOMTONE_BENCH_DATA"
    ),
]


class Student:
    """One student's browser."""

    def __init__(self, browser: Any, join_url: str) -> None:
        self.context = browser.new_context(viewport={"width": 390, "height": 844})
        self.page = self.context.new_page()
        self.page.goto(join_url)
        self.page.locator("#agree").click()

    def waits_for(self, *states: str) -> None:
        self.page.wait_for_function(
            "states => states.includes(document.body.dataset.state)",
            arg=list(states),
            timeout=PATIENCE,
        )

    def press(self, name: str) -> None:
        self.page.locator(f"#{name}").click()

    def sent(self) -> list[dict[str, Any]]:
        with self.page.expect_download() as download:
            self.page.locator("#download-sent").evaluate("button => button.click()")
        told = json.loads(Path(download.value.path()).read_text("utf-8"))
        return list(told["sent"])

    def frames_counted(self) -> int:
        return sum(each["kind"] == "frame" and each["outcome"] == "counted" for each in self.sent())


class Room:
    """The server, its database, the six students and the teacher's page."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.stack, self.data, self.port = stack, folder / "data", free_port()
        self.server = self.start_server()
        self.session = self.teacher.post(
            "/api/v1/sessions", json={"title": "Biology 9b", "expected_students": 6}
        ).json()
        playwright = stack.enter_context(sync_api.sync_playwright())
        self.chromium = playwright.chromium
        self.students = [
            Student(self.open(film(DATA / "webcam" / state, folder / f"{state}.mjpeg")),
                    f"{self.server.url}/join/{self.session['join_code']}")
            for state in STATES
        ]  # fmt: skip
        self.dashboard = self.open(None).new_context(viewport={"width": 1280, "height": 900})
        self.page = self.dashboard.new_page()
        self.page.goto(
            f"{self.server.url}/dashboard/session/{self.session['session_id']}?token={TOKEN}"
        )

    @property
    def teacher(self) -> Any:
        return self.server.teacher

    def start_server(self) -> RunningServer:
        return self.stack.enter_context(running_server(self.data, port=self.port))

    def restart_server(self) -> None:
        self.server.process.send_signal(signal.SIGKILL)
        self.server.process.wait(30)
        self.server = self.start_server()

    def open(self, camera: Path | None) -> Any:
        browser = self.chromium.launch(
            executable_path="/usr/bin/chromium", args=with_camera(camera)
        )
        self.stack.callback(browser.close)
        return browser

    def shows(self, pattern: str) -> None:
        """Wait until the dashboard's strip says so."""
        sync_api.expect(self.page.locator("#head")).to_contain_text(
            re.compile(pattern), timeout=PATIENCE
        )

    def mood(self) -> dict[str, Any]:
        return dict(self.teacher.get(f"/api/v1/sessions/{self.session['session_id']}/mood").json())

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        db = sqlite3.connect(self.data / "roomtone.db")
        try:
            return db.execute(query).fetchall()
        finally:
            db.close()

    def frames_in_database(self) -> int:
        return sum(
            self.rows(f"SELECT coalesce(sum(frames), 0) FROM {table}")[0][0]
            for table in ("tally", "open_tally")
        )


@pytest.fixture(scope="module")
def room(tmp_path_factory) -> Iterator[Room]:
    with ExitStack() as stack:
        try:
            yield Room(stack, tmp_path_factory.mktemp("class"))
        except sync_api.Error as error:
            if "Executable doesn't exist" not in str(error):
                raise
            pytest.skip("no Chromium at /usr/bin/chromium")


def test_a_lesson_from_joining_to_its_end(room):
    students, lost = room.students, SimpleNamespace(frames=0)
    for student in students:
        student.waits_for("sending")
    room.shows("6 of 6 visible")
    assert room.mood()["now"]["enough"]

    students[0].press("pause")
    students[0].waits_for("paused")
    room.shows("5 of 6 visible")

    # One withdraws: what was open of it is erased, to the row.
    students[1].press("pause")
    students[1].waits_for("paused")
    time.sleep(1.5)  # the frame under way, if any, is answered
    counted = students[1].frames_counted()
    before = room.frames_in_database()
    students[1].press("leave")
    students[1].waits_for("left")
    [(left, open_rows)] = room.rows(
        "SELECT count(*), coalesce(sum((SELECT count(*) FROM open_tally o "
        "WHERE o.source_id = source.id)), 0) FROM source WHERE left_at IS NOT NULL"
    )
    assert (left, open_rows) == (1, 0)
    lost.frames = counted
    assert before >= counted
    room.shows("4 of 6 visible")
    now = room.mood()["now"]
    assert (now["enough"], now["counts"], now["shares"]) == (False, None, None)
    assert room.mood()["session"]["present"] == 5

    students[0].press("pause")  # the same button resumes
    students[0].waits_for("sending")
    room.shows("5 of 6 visible")

    # One loses the network and comes back.
    students[2].context.set_offline(True)
    students[2].waits_for("reconnecting")
    room.shows("4 of 6 visible")
    students[2].context.set_offline(False)
    students[2].waits_for("sending")
    room.shows("5 of 6 visible")

    # The server is killed and started again; nobody does anything.
    room.restart_server()
    for student in (students[0], *students[2:]):
        student.waits_for("sending")
    room.shows("5 of 6 visible")

    # One says something, as all do: self-report stands beside the faces.
    for student in (students[0], *students[2:]):
        student.press("answer-lost")
    sync_api.expect(room.page.locator("#live")).to_contain_text(
        re.compile("5 of 5"), timeout=PATIENCE
    )

    room.teacher.post(f"/api/v1/sessions/{room.session['session_id']}/end")
    for student in (students[0], *students[2:]):
        student.waits_for("ended")
    sync_api.expect(room.page.locator("#head")).to_contain_text("Ended", timeout=PATIENCE)

    stayed = sum(student.frames_counted() for student in (students[0], *students[2:]))
    kept = room.frames_in_database()
    assert stayed <= kept <= stayed + lost.frames
    assert room.mood()["session"]["frames"] == kept
