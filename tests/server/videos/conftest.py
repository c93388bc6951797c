"""Whoever uploads recordings, and how far they are."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from server.app import create_app
from tests.recordings import GatedPipeline, film_gallery
from tests.server.conftest import Classroom, StoppedClock

OCTETS = {"Content-Type": "application/octet-stream"}
ENDED = ("done", "failed", "cancelled")


@dataclass
class Uploader:
    """A teacher with recordings, and the server's folder of them."""

    classroom: Classroom
    folder: Path
    keys: dict = field(default_factory=dict)

    @property
    def recordings(self):
        return self.classroom.app.state.service.recordings

    @property
    def files(self):
        """The names of what lies in the folder of recordings; none before the first one."""
        return sorted(path.name for path in self.folder.glob("*"))

    def wait_for_empty_folder(self):
        """Wait until nothing is left on the disk: a file goes right after the last commit."""
        wait_until(lambda: self.files == [], 10)

    def call(self, method, path="", *, headers=(), **rest):
        return self.classroom.client.request(
            method,
            f"/api/v1/videos{path}",
            headers={**self.classroom.teacher, **dict(headers)},
            **rest,
        )

    def announce(self, size, **wish):
        answer = self.call("POST", json={"title": "Biology", "size_bytes": size, **wish})
        assert answer.status_code == 201, answer.text
        video = answer.json()
        self.keys[video["video_id"]] = video["view_key"]
        return video

    def send(self, video, piece, offset=0, **headers):
        return self.call(
            "PATCH",
            f"/{video['video_id']}",
            content=piece,
            headers={**OCTETS, "Upload-Offset": str(offset), **headers},
        )

    def upload(self, path, **wish):
        data = path.read_bytes() if isinstance(path, Path) else path
        video = self.announce(len(data), **wish)
        answer = self.send(video, data)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def look(self, video):
        return self.call("GET", f"/{video['video_id']}").json()

    def wait_for(self, video, *states):
        """Wait until a recording is in one of these states, by default one of the last."""
        wanted = states or ENDED

        def look():
            told = self.look(video)
            return told if told["state"] in wanted else None

        return wait_until(look)

    def view(self, video, path="", key=None, method="GET", **rest):
        key = self.keys[video["video_id"]] if key is None else key
        headers = {"Video-Key": key}
        return self.call(method, f"/{video['video_id']}/frames{path}", headers=headers, **rest)


def wait_until(find, seconds=60):
    """Return what `find` finds, as soon as it is something."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := find():
            return found
        time.sleep(0.02)
    raise AssertionError("It did not happen.")


@pytest.fixture
def database_url(sqlite_url):
    """One kind of database is enough here; tests/server/store/test_videos.py tries both."""
    return sqlite_url


@pytest.fixture
def uploader(classroom, settings):
    return Uploader(classroom, settings.data_dir / "videos")


@pytest.fixture
def gated(pipeline):
    """A reader that waits until the test lets it read."""
    reader = GatedPipeline(pipeline)
    yield reader
    reader.let()


@pytest.fixture
def open_uploader(settings):
    """Start a server with some reader, as often as a test likes, all on one folder."""
    opened = []

    def open_one(reader):
        app = create_app(settings, pipeline=reader, clock=StoppedClock())
        client = TestClient(app, raise_server_exceptions=False)
        client.__enter__()
        classroom = Classroom(client, app.state.service.clock, app)
        opened.append(client)
        return Uploader(classroom, settings.data_dir / "videos")

    yield open_one
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture(scope="session")
def lecture(tmp_path_factory):
    """Eight seconds of six faces."""
    return film_gallery(tmp_path_factory.mktemp("films") / "lecture.mp4")
