"""Who waits for a change of a session is woken by it, and all who wait cost one reading."""

import asyncio
import threading
import time

import pytest

from server.live import MOST_WAITING, Live, TooManyWaiting
from server.store.failures import DatabaseUnavailable
from server.store.sessions import SessionNotFound
from server.told_moods import MOST_SHARE, Tempo, ask_mood
from tests.dashboard.fake_server import FakeServer

APART_S = 0.15
TEMPO = Tempo(apart=APART_S, stale=0.5, pace=0.1, beat=0.4)


class Store:
    """A session whose mood changes when a test says so, and who reads it."""

    def __init__(self):
        self.server = FakeServer(now=lambda: 1_780_000_002.0)
        self.session = self.server.add("Biology", minutes_ago=2)
        self.question = ask_mood(self.session.session_id)
        self.readings, self.threads = 0, set()
        self.failure = None
        self.live = Live(self._read, TEMPO)

    def _read(self, question):
        self.readings += 1
        self.threads.add(threading.current_thread().name)
        if self.failure:
            raise self.failure
        return self.server.mood(question.session_id, question.bucket_seconds, question.since)

    def change(self, **update):
        lesson = self.server.lessons[self.session.session_id]
        title = {"title": f"Biology {time.perf_counter()}"}
        lesson.session = lesson.session.model_copy(update=update or title)
        self.live.ring(self.session.session_id)

    async def tell(self):
        return await self.live.moods.tell(self.question)

    def wait(self, told, seconds=10.0):
        return self.live.wait(self.question, told.digest, seconds)


@pytest.fixture
def store():
    store = Store()
    yield store
    store.live.close()
    store.live.stop_reading()


async def settle(store, count):
    """Wait until so many wait."""
    while store.live.waiting < count:  # noqa: ASYNC110  nothing tells of a place taken
        await asyncio.sleep(0.01)
    await asyncio.sleep(APART_S)


def test_a_change_wakes_whoever_waits_at_once(store):
    async def scenario():
        told = await store.tell()
        waiting = asyncio.ensure_future(store.wait(told))
        await settle(store, 1)
        began = time.monotonic()
        threading.Thread(target=store.change).start()
        news = await waiting
        return told, news, time.monotonic() - began

    told, news, seconds = asyncio.run(scenario())
    assert news.digest != told.digest
    assert seconds < 0.1


def test_a_hundred_who_wait_cost_one_reading_in_a_thread_of_its_own(store):
    async def scenario():
        told = await store.tell()
        waiting = [asyncio.ensure_future(store.wait(told)) for _ in range(100)]
        await settle(store, 100)
        before = store.readings
        store.change()
        news = await asyncio.gather(*waiting)
        return before, {each.digest for each in news}

    before, digests = asyncio.run(scenario())
    assert store.readings - before == 1
    assert len(digests) == 1
    assert all(name.startswith("mood") for name in store.threads)


def test_many_changes_cost_no_more_readings_than_the_tempo_allows(store):
    async def scenario():
        told = await store.tell()
        until = time.monotonic() + 4 * APART_S
        before = store.readings
        while time.monotonic() < until:
            store.change()
            told = await store.wait(told)
        return store.readings - before

    assert 2 <= asyncio.run(scenario()) <= 5


def test_what_another_process_changed_is_found_by_looking(store):
    async def scenario():
        told = await store.tell()
        waiting = asyncio.ensure_future(store.wait(told))
        await settle(store, 1)
        store.live.ring = lambda _: None
        store.change()
        return told, await asyncio.wait_for(waiting, 3)

    told, news = asyncio.run(scenario())
    assert news.digest != told.digest


def test_a_wait_ends_with_the_mood_it_began_with(store):
    async def scenario():
        told = await store.tell()
        return told.digest, (await store.wait(told, 0.05)).digest

    before, after = asyncio.run(scenario())
    assert before == after


def test_no_more_wait_than_there_are_places(store):
    async def scenario():
        told = await store.tell()
        waiting = [asyncio.ensure_future(store.wait(told)) for _ in range(MOST_WAITING)]
        await settle(store, MOST_WAITING)
        with pytest.raises(TooManyWaiting, match="try again"):
            await store.wait(told)
        store.live.close()
        await asyncio.gather(*waiting)
        return store.live.waiting

    assert asyncio.run(scenario()) == 0


def test_stopping_wakes_everybody(store):
    async def scenario():
        told = await store.tell()
        waiting = [asyncio.ensure_future(store.wait(told)) for _ in range(5)]
        await settle(store, 5)
        threading.Thread(target=store.live.close).start()
        began = time.monotonic()
        await asyncio.gather(*waiting)
        return time.monotonic() - began

    assert asyncio.run(scenario()) < 0.3


def test_a_stream_tells_each_change_and_ends_with_the_session(store):
    async def scenario():
        heard = []
        async for told in store.live.follow(store.question, await store.tell()):
            heard.append(told)
            store.change(**({"ended_at": store.session.started_at} if len(heard) == 2 else {}))
        return heard

    heard = asyncio.run(asyncio.wait_for(scenario(), 10))
    assert [told.ended for told in heard] == [False, False, True]
    assert len({told.digest for told in heard}) == 3


def test_a_stream_does_not_repeat_what_its_reader_has(store):
    async def scenario():
        told = await store.tell()
        stream = store.live.follow(store.question, told, told.digest)
        first = asyncio.ensure_future(anext(stream))
        await settle(store, 1)
        assert not first.done()
        store.change()
        return told, await first

    told, news = asyncio.run(scenario())
    assert news.digest != told.digest


def test_a_stream_outlives_a_database_that_is_away_for_a_while(store):
    async def scenario():
        stream = store.live.follow(store.question, await store.tell())
        first = await anext(stream)
        store.failure = DatabaseUnavailable("away")
        store.change()
        assert await anext(stream) is None
        store.failure = None
        return first, await anext(stream)

    first, news = asyncio.run(asyncio.wait_for(scenario(), 5))
    assert news.digest != first.digest


def test_a_stream_without_news_gives_a_sign_of_life(store):
    async def scenario():
        stream = store.live.follow(store.question, await store.tell())
        return [await anext(stream) for _ in range(2)]

    told, beat = asyncio.run(scenario())
    assert told is not None
    assert beat is None


def test_a_stream_ends_when_its_session_is_erased(store):
    async def scenario():
        stream = store.live.follow(store.question, await store.tell())
        await anext(stream)
        news = asyncio.ensure_future(anext(stream))
        await settle(store, 1)
        store.failure = SessionNotFound()
        store.change()
        with pytest.raises(SessionNotFound):
            await news
        return store.live.waiting

    assert asyncio.run(scenario()) == 0


def test_many_moods_at_once_leave_most_of_the_processor_to_others(store):
    burnt, read = 0.02, store.live.moods._read

    def burn(question):
        until = time.thread_time() + burnt
        while time.thread_time() < until:
            pass
        return read(question)

    store.live.moods._read = burn

    async def scenario():
        asked = [ask_mood(store.session.session_id, seconds) for seconds in range(5, 17)]
        began = time.monotonic()
        await asyncio.gather(*map(store.live.moods.tell, asked))
        return time.monotonic() - began

    assert asyncio.run(scenario()) > 11 * burnt / MOST_SHARE
