"""What sources showed last is kept for a while, and no longer."""

import asyncio

import numpy as np

from model.faces import Faces
from model.last_seen import NOTHING_KNOWN, LastSeen
from server.engine import sightings
from server.engine.sightings import FORGET_SECONDS, Sightings
from tests.hand_clock import HandClock


def seen(faces=1):
    of = Faces(
        np.ones((faces, 4), np.float32),
        np.ones((faces, 5, 2), np.float32),
        np.ones(faces, np.float32),
    )
    return LastSeen(640, 360, of, np.zeros((faces, 64), bool))


def run(check):
    async def inside():
        await check()

    asyncio.run(inside())


def test_each_source_has_its_own():
    async def check():
        kept = Sightings()
        one, other = seen(), seen(2)
        kept.keep("one", one)
        kept.keep("other", other)
        assert (kept.recall("one"), kept.recall("other"), kept.recall("third")) == (
            one,
            other,
            None,
        )

    run(check)


def test_what_is_old_is_not_told():
    async def check():
        clock = HandClock()
        kept = Sightings(clock)
        kept.keep("one", seen())
        clock.now = FORGET_SECONDS - 1
        assert kept.recall("one") is not None
        clock.now = FORGET_SECONDS + 1
        assert kept.recall("one") is NOTHING_KNOWN
        kept.forget("one")
        assert kept.recall("one") is None

    run(check)


def test_a_frame_without_faces_leaves_nothing():
    async def check():
        kept = Sightings()
        kept.keep("one", seen())
        kept.keep("one", seen(0))
        kept.keep("other", None)
        assert len(kept) == 0
        assert kept.recall("one") is kept.recall("other") is NOTHING_KNOWN, "no first frame again"

    run(check)


def test_it_is_forgotten_though_nobody_sends_any_more(monkeypatch):
    monkeypatch.setattr(sightings, "FORGET_SECONDS", 0.05)

    async def check():
        kept = Sightings()
        kept.keep("one", seen())
        await asyncio.sleep(0.03)
        kept.keep("other", seen())
        for _ in range(100):
            if not len(kept):
                return
            await asyncio.sleep(0.02)
        raise AssertionError("still kept")

    run(check)


def test_no_more_than_so_many_are_kept(monkeypatch):
    monkeypatch.setattr(sightings, "MOST_SOURCES", 3)
    monkeypatch.setattr(sightings, "MOST_KNOWN", 5)

    async def check():
        kept = Sightings()
        for number in range(10):
            kept.keep(str(number), seen())
        recalled = [kept.recall(str(number)) for number in range(10)]
        assert recalled[:7] == [None] * 5 + [NOTHING_KNOWN] * 2
        assert all(seen is not NOTHING_KNOWN and seen is not None for seen in recalled[7:])

    run(check)
