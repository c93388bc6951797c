"""Several servers at work on one database."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

from sqlalchemy import select

from server.store.counting import count_batch
from server.store.database import Database
from server.store.sessions import delete_session, find_session
from server.store.tables import open_tally, source
from server.store.tallies import fold_buckets, read_tallies

FAR_FUTURE = 2**40


def keep_folding(url, done):
    database = Database(url)
    while not done.wait(0.002):  # SQLite's lock is not fair: leave a gap for the others
        with database.writing() as db:
            fold_buckets(db, FAR_FUTURE)
    database.close()


def test_two_servers_sent_the_same_frames_never_count_one_twice(lesson, database_url):
    session = lesson.begin()
    sources = [lesson.join(session) for _ in range(3)]
    frames = lesson.make_frames(session, sources, 30)
    start = Barrier(2)

    def serve(batch):
        database = Database(database_url)
        start.wait()
        counted = []
        for at in range(0, len(frames), batch):
            part = frames[at : at + batch]
            with database.counting() as db:
                outcomes = count_batch(db, part)
            counted += [f for f, o in zip(part, outcomes, strict=True) if o.name == "COUNTED"]
        database.close()
        return counted

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(serve, (4, 7))
    assert len(one) + len(other) == len(frames)
    lesson.assert_tallies(session, frames)


def test_while_one_server_counts_and_two_fold_a_reader_misses_nothing(lesson, database_url):
    session = lesson.begin()
    sources = [lesson.join(session) for _ in range(4)]
    frames = lesson.make_frames(session, sources, 25)
    done = Event()

    def keep_reading():
        seen = []
        while not done.is_set():
            with lesson.database.reading() as db:
                tallied = sum(each.frames for each in read_tallies(db, session.id, None))
                assert tallied == find_session(db, session.id).frames
            seen.append(tallied)
        return seen

    with ThreadPoolExecutor(3) as threads:
        folders = [threads.submit(keep_folding, database_url, done) for _ in range(2)]
        reader = threads.submit(keep_reading)
        try:
            for at in range(0, len(frames), 4):
                lesson.count(*frames[at : at + 4])
        finally:
            done.set()
        assert reader.result() == sorted(reader.result())
        assert [folder.result() for folder in folders] == [None, None]
    lesson.fold(1_000)
    assert sum(each.frames for each in lesson.read(session)) == len(frames)


def test_erasing_a_session_under_fire_ends_in_session_gone_and_no_rows(lesson, database_url):
    session = lesson.begin()
    sources = [lesson.join(session) for _ in range(8)]
    kept = lesson.begin()
    kept_source = lesson.join(kept)
    started, erased = Event(), Event()

    def keep_counting(offset):
        database = Database(database_url)
        seq = 0
        while True:
            seq += 1
            mine = [lesson.frame(session, each, seq) for each in sources[offset::2]]
            mine += [lesson.frame(kept, kept_source, 2 * seq + offset)]
            with database.counting() as db:
                outcomes = [outcome.name for outcome in count_batch(db, mine)]
            started.set()
            if "SESSION_GONE" in outcomes:
                database.close()
                return set(outcomes[:-1])

    with ThreadPoolExecutor(3) as threads:
        servers = [threads.submit(keep_counting, offset) for offset in (0, 1)]
        folder = threads.submit(keep_folding, database_url, erased)
        try:
            started.wait(10)
            with lesson.database.writing() as db:
                delete_session(db, session.id)
            outcomes = [each.result(timeout=20) for each in servers]
        finally:
            erased.set()
        folder.result()
    assert outcomes == [{"SESSION_GONE"}] * 2
    with lesson.database.reading() as db:
        assert set(db.scalars(select(open_tally.c.session_id))) <= {kept.id}
        assert set(db.scalars(select(source.c.session_id))) == {kept.id}
