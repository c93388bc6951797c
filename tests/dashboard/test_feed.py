"""One feed draws a page once for all who look at it, and sends each only what changed."""

import asyncio
import json
import re
from contextlib import asynccontextmanager
from datetime import UTC

import pytest

from dashboard import feed as feed_module
from dashboard.feeds import MOST_FOLLOWERS, Feeds
from dashboard.view import View
from dashboard.viewer import Viewer
from tests.dashboard.fake_server import TOKEN, MadeUpClass, connect


@pytest.fixture
def lesson(fake):
    moment = [1_780_000_002.0]
    fake.now = lambda: moment[0]
    session = fake.add("Biology 9b", minutes_ago=12)
    session.__dict__["_moment"] = moment
    return session


class Follower:
    """One who looks: takes events down until told to stop."""

    def __init__(self, feeds, session_id, *, view=None, last="", **viewer):
        told = Viewer(**{"token": TOKEN, "zone": UTC, **viewer})
        self.raw, self.events, self.more = [], [], asyncio.Event()
        self._stream = feeds.follow((told, session_id, view or View()), last)
        self.task = asyncio.create_task(self._follow())

    async def _follow(self):
        async for event in self._stream:
            kind = re.search(rb"event: (.*)", event)[1].decode()
            if kind != "beat":
                self.raw.append(event)
                self.events.append((kind, json.loads(re.search(rb"data: (.*)", event)[1])))
                self.more.set()

    async def parts(self, number=1):
        """Return the parts of the n-th event."""
        while len(self.events) < number:
            self.more.clear()
            await asyncio.wait_for(self.more.wait(), 10)
        return self.events[number - 1][1]

    @property
    def last(self):
        return re.search(rb"id: (.*)", self.raw[-1])[1].decode()

    async def leave(self):
        self.task.cancel()
        await asyncio.wait([self.task])


@asynccontextmanager
async def following(fake):
    http = connect(fake)
    feeds = Feeds(http)
    try:
        yield feeds
    finally:
        feeds.close()
        await http.aclose()


def run(scenario):
    return asyncio.run(asyncio.wait_for(scenario(), 30))


def test_the_first_event_fills_the_page_and_later_ones_change_what_changed(fake, lesson):
    async def scenario():
        async with following(fake) as feeds:
            page = Follower(feeds, lesson.session_id)
            first = await page.parts()
            fake.lessons[lesson.session_id].students = MadeUpClass(visible=3)
            return first, await page.parts(2)

    first, second = run(scenario)
    assert "Biology 9b" in str(first["head.children"])
    assert first["mood.figure"]["data"]
    assert first["lesson.figure"]["data"]
    assert first["live-problem.children"] == []
    assert "Not enough faces" in str(second["sentence.children"])
    assert not {"join.children", "qr.children", "band.children"} & set(second)
    assert second["shown.data"].keys() >= {"mood", "head", "at"}


def test_many_followers_cost_one_drawing_and_share_its_bytes(fake, lesson, monkeypatch):
    drawings = []
    compose = feed_module.compose
    monkeypatch.setattr(feed_module, "compose", lambda *a: drawings.append(1) or compose(*a))

    async def scenario():
        async with following(fake) as feeds:
            pages = [Follower(feeds, lesson.session_id) for _ in range(50)]
            for page in pages:
                await page.parts()
            return pages, len([c for c in fake.calls if c[1].endswith("/mood")])

    pages, calls = run(scenario)
    assert len(drawings) == 1
    assert len({id(page.raw[0]) for page in pages}) == 1
    assert calls <= 4  # the last minutes twice for the clock, the whole lesson, the next question


def test_who_was_away_for_a_moment_gets_what_changed_meanwhile(fake, lesson):
    async def scenario():
        async with following(fake) as feeds:
            stays = Follower(feeds, lesson.session_id)
            goes = Follower(feeds, lesson.session_id)
            await goes.parts()
            await goes.leave()
            fake.lessons[lesson.session_id].students = MadeUpClass(visible=3)
            await stays.parts(2)
            back = Follower(feeds, lesson.session_id, last=goes.last)
            elsewhere = Follower(feeds, lesson.session_id, last="0123abcd-1")
            return await stays.parts(2), await back.parts(), await elsewhere.parts()

    meanwhile, resumed, everything = run(scenario)
    assert set(resumed) == set(meanwhile)
    assert "join.children" in everything


def test_who_looks_otherwise_has_a_feed_of_their_own(fake, lesson):
    async def scenario():
        async with following(fake) as feeds:
            plain = Follower(feeds, lesson.session_id)
            table = Follower(feeds, lesson.session_id, view=View(twin=True))
            german = Follower(feeds, lesson.session_id, language="de")
            return await plain.parts(), await table.parts(), await german.parts()

    plain, table, german = run(scenario)
    assert plain["twin.data-plain"] == "[]"
    assert "Most common" in str(table["twin.data-plain"])
    assert set(german) == set(plain)


def test_a_server_that_goes_away_is_told_once_and_that_it_is_back(fake, lesson):
    async def scenario():
        async with following(fake) as feeds:
            page = Follower(feeds, lesson.session_id)
            await page.parts()
            fake.impatient = fake.down = True
            away = await page.parts(2)
            await asyncio.sleep(1.5)
            told = len(page.events)
            fake.impatient = fake.down = False
            return away, told, await page.parts(3)

    away, told, back = run(scenario)
    assert "can’t be reached. What you see is from" in str(away["live-problem.children"])
    assert set(away) == {"live-problem.children", "shown.data"}
    assert told == 2
    assert back["live-problem.children"] == []


def test_an_erased_session_ends_the_stream(fake, lesson):
    async def scenario():
        async with following(fake) as feeds:
            page = Follower(feeds, lesson.session_id)
            await page.parts()
            fake.lessons.clear()
            await page.task
            return page.events

    events = run(scenario)
    assert events[-1][0] == "gone"
    assert events[-2][1]["live.className"] == "live-page is-gone"
    assert "There is no such session" in str(events[-2][1]["live-problem.children"])


def test_a_token_that_is_no_longer_good_ends_the_stream_of_whoever_has_it(fake, lesson):
    async def scenario():
        async with following(fake) as feeds:
            page = Follower(feeds, lesson.session_id)
            await page.parts()
            fake.impatient, fake.token = True, "another-token"
            await page.task
            newcomer = Follower(feeds, lesson.session_id, token="another-token")
            return page.events, await newcomer.parts()

    events, parts = run(scenario)
    assert events[-1][0] == "signed-out"
    assert "mood.figure" in parts


def test_an_ended_lesson_is_drawn_whole(fake, lesson):
    session = fake.add("Latin 6a", minutes_ago=90, ended_minutes_ago=45)

    async def scenario():
        async with following(fake) as feeds:
            return await Follower(feeds, session.session_id).parts()

    parts = run(scenario)
    assert parts["live.className"] == "live-page is-ended"
    assert "The lesson looked" in str(parts["sentence.children"])


def test_a_feed_that_nobody_follows_any_more_asks_nothing(fake, lesson, monkeypatch):
    monkeypatch.setattr("dashboard.feeds.LINGER_S", 0.05)

    async def scenario():
        async with following(fake) as feeds:
            page = Follower(feeds, lesson.session_id)
            await page.parts()
            await page.leave()
            await asyncio.sleep(0.2)
            before = len(fake.calls)
            fake.lessons[lesson.session_id].students = MadeUpClass(visible=3)
            await asyncio.sleep(0.5)
            return before, len(fake.calls)

    before, after = run(scenario)
    assert before == after


def test_closing_ends_every_stream(fake, lesson):
    async def scenario():
        async with following(fake) as feeds:
            page = Follower(feeds, lesson.session_id)
            await page.parts()
            feeds.close()
            await asyncio.wait_for(page.task, 1)

    run(scenario)


def test_the_address_is_behind_the_gate_and_has_only_so_many_places(browser, fake, monkeypatch):
    session = fake.add("Biology 9b", minutes_ago=1)
    path = f"/dashboard/session/{session.session_id}/live"
    assert browser.http.get(path).status_code == 401
    assert browser.http.post(path).status_code == 404
    browser.sign_in()
    monkeypatch.setattr("dashboard.feeds.MOST_FOLLOWERS", 0)
    refused = browser.http.get(path)
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "5"
    assert MOST_FOLLOWERS >= 200
