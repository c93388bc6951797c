"""Receiving pieces as no HTTP client of a test can send them: broken off, late, on a full disk."""

import asyncio
import resource
from datetime import UTC, datetime

import pytest

from server.schemas import NewVideo
from server.store.videos import find_video
from server.videos.refusals import DiskFull, ShelfUnusable, WrongOffset
from server.videos.shelf import Shelf
from server.videos.uploads import Uploads
from tests.recordings import MP4


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "videos", reserve=0)


def test_a_folder_that_can_not_be_made_is_told_and_none_is_made_before_it_is_needed(tmp_path):
    (tmp_path / "in-the-way").write_text("")
    with pytest.raises(ShelfUnusable, match="ROOMTONE_DATA_DIR"):
        Shelf(tmp_path / "in-the-way" / "videos", reserve=0).begin("a")
    shelf = Shelf(tmp_path / "later" / "videos", reserve=0)
    shelf.erase_others([])
    assert shelf.has_room(1)
    assert not (tmp_path / "later").exists()
    shelf.begin("a")
    assert shelf.holds("a")


@pytest.fixture
def uploads(database, shelf, lesson_now):
    return Uploads(database, shelf, lesson_now, lambda: None)


@pytest.fixture
def lesson_now():
    return lambda: datetime(2026, 3, 2, 10, 15, tzinfo=UTC)


def wish():
    return NewVideo(title="Biology", size_bytes=len(MP4))


async def parts_of(*parts, error=None):
    for part in parts:
        yield part
    if error is not None:
        raise error


def test_what_arrived_before_a_body_broke_off_is_kept(uploads, shelf):
    video = uploads.announce(wish())
    broken = parts_of(MP4[:3000], MP4[3000:7000], error=ConnectionError("gone"))
    with pytest.raises(ConnectionError):
        asyncio.run(uploads.take_piece(video.id, 0, 0, broken))
    assert shelf.path_of(video.id).read_bytes() == MP4[:7000]
    done = asyncio.run(uploads.take_piece(video.id, 7000, 0, parts_of(MP4[7000:])))
    assert done.state == "waiting"
    assert shelf.path_of(video.id).read_bytes() == MP4


def test_who_goes_on_takes_over_from_a_sender_that_hangs(uploads, shelf):
    video = uploads.announce(wish())

    async def send_twice():
        late = asyncio.Event()

        async def hang():
            await late.wait()
            yield MP4

        hanging = asyncio.create_task(uploads.take_piece(video.id, 0, 0, hang()))
        await asyncio.sleep(0.2)
        await uploads.take_piece(video.id, 0, 0, parts_of(MP4[:9000]))
        late.set()
        with pytest.raises(WrongOffset, match="9000"):
            await hanging

    asyncio.run(send_twice())
    assert shelf.path_of(video.id).read_bytes() == MP4[:9000]


def test_one_that_finds_no_room_is_refused_before_it_is_sent(database, shelf, lesson_now):
    shelf._reserve = 2**60
    with pytest.raises(DiskFull, match="no room"):
        Uploads(database, shelf, lesson_now, lambda: None).announce(wish())
    assert not shelf.folder.exists()


def test_a_disk_that_fills_up_ends_the_upload_and_leaves_nothing(uploads, shelf, database):
    video = uploads.announce(wish())
    asyncio.run(uploads.take_piece(video.id, 0, 0, parts_of(MP4[:9000])))
    shelf._reserve = 2**60  # somebody else has filled it meanwhile
    with pytest.raises(DiskFull):
        asyncio.run(uploads.take_piece(video.id, 9000, 0, parts_of(MP4[9000:])))
    assert list(shelf.folder.iterdir()) == []
    with database.reading() as db:
        told = find_video(db, video.id)
    assert told.state == "failed"
    assert "no room" in told.fault


def test_a_write_that_fails_halfway_leaves_what_was_there(shelf):
    shelf.begin("x")
    shelf.append("x", MP4[:9000])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (15_000, limits[1]))
    try:
        with pytest.raises(DiskFull):
            shelf.append("x", MP4[9000:])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert shelf.path_of("x").read_bytes() == MP4[:9000]
