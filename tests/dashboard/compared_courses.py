"""The real server with courses in it and the dashboard before it, for the tests of comparisons."""

from datetime import UTC, datetime

import httpx
import numpy as np
import pytest

from dashboard.app import mount_dashboard
from model.pipeline import FramePipeline
from server.app import create_app
from server.settings import read_settings
from tests.dashboard.fake_server import TOKEN
from tests.server.comparison.lessons import MIX, Faces, lessons_apart, store_lesson

BIOLOGY, PHYSICS, ALONE = "Biology 9b", "Physics / 10a 🧲", "Alone? #1 & 100%"
SLIDES = [(0, "Introduction"), (10, "Osmosis")]
HAPPY = np.array([0.02, 0.01, 0.02, 0.75, 0.04, 0.06, 0.10])
FIRST = datetime(2026, 3, 2, 9, tzinfo=UTC)


class ComparedCourses:
    """A server with Biology (one lesson stands out), Physics (a trend, simulated), one alone."""

    def __init__(self, folder, database_url):
        settings = read_settings(data_dir=folder, database_url=database_url, teacher_token=TOKEN)
        self.app = create_app(settings, pipeline=FramePipeline.load())
        inside = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        mount_dashboard(self.app, httpx.AsyncClient(transport=inside, base_url="http://in.test"))
        self._faces, self._chance = Faces.invent(), np.random.default_rng(11)
        self.lessons = {}
        self._fill()

    def add(self, title, **more):
        database = self.app.state.service.database
        told = {"minutes": 20.0, "slides": SLIDES, **more}
        stored = store_lesson(database, self._chance, self._faces, title=title, **told)
        self.lessons[title] = stored
        return stored

    def ids(self, *titles):
        return [self.lessons[title].id for title in titles]

    def _fill(self):
        for at, begin in enumerate(lessons_apart(7, 7, FIRST)):
            more = {"mix": HAPPY} if at == 4 else {}
            minutes = 35.0 if at == 2 else 20.0
            self.add(f"Lesson {at}", course=BIOLOGY, begin=begin, minutes=minutes, **more)
        june = lessons_apart(7, 2, datetime(2026, 6, 1, 9, tzinfo=UTC))
        self.add("Running", course=BIOLOGY, begin=june[0], ended=False)
        self.add("Few came", course=BIOLOGY, begin=june[1], students=3)
        for at, begin in enumerate(lessons_apart(7, 8, FIRST)):
            mix = (1 - at / 7) * MIX + at / 7 * HAPPY
            self.add(f"Part {at}", course=PHYSICS, begin=begin, mix=mix, simulated=True)
        self.add("One and only", course=ALONE, begin=FIRST)


@pytest.fixture(scope="module")
def courses(tmp_path_factory, migrated_sqlite_file):
    folder = tmp_path_factory.mktemp("courses")
    file = folder / "roomtone.db"
    file.write_bytes(migrated_sqlite_file.read_bytes())
    return ComparedCourses(folder, f"sqlite:///{file}")
