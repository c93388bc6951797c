"""A database that was away: who is told at once, and that it is found again."""

import contextlib
import threading
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

import server.store.patience
from server.store.database import Database, DatabaseNotMigrated, DatabaseUnavailable
from server.store.outages import Outages


def test_a_file_that_was_gone_for_a_while_is_found_again(sqlite_url):
    path = Path(make_url(sqlite_url).database)
    away = path.with_name("away.db")
    with closing(Database(sqlite_url)) as database:
        path.rename(away)
        with pytest.raises(DatabaseNotMigrated):
            database.ping()
        away.replace(path)
        database.ping()


def test_a_postgres_that_gives_no_answer_is_given_up(postgres_url, monkeypatch):
    monkeypatch.setattr(server.store.patience, "PATIENCE_SECONDS", 0.3)
    with closing(Database(postgres_url)) as database:
        started = time.monotonic()
        with pytest.raises(DatabaseUnavailable, match="can't be reached"), database.reading() as db:
            db.execute(text("SELECT pg_sleep(60)"))
        assert time.monotonic() - started < 30
        database.ping()


def test_an_answer_that_comes_in_time_is_waited_for(postgres_url):
    with closing(Database(postgres_url)) as database, database.reading() as db:
        assert db.scalar(text("SELECT 1 FROM pg_sleep(0.5)")) == 1


def test_what_could_not_be_written_makes_a_ping_fail_until_it_can(postgres_url):
    with closing(Database(postgres_url, busy_seconds=0.1)) as database:
        with psycopg.connect(postgres_url) as other:
            other.execute("LOCK TABLE session IN EXCLUSIVE MODE")
            with pytest.raises(DatabaseUnavailable), database.writing() as db:
                db.execute(text("UPDATE session SET title = 'x'"))
            with pytest.raises(DatabaseUnavailable, match="locked"):
                database.ping()
        with database.writing() as db:
            db.execute(text("UPDATE session SET title = 'x'"))
        database.ping()


class Slow:
    """A transaction that takes long and then fails, as one at a locked database."""

    def __init__(self, outages, monkeypatch):
        self.outages, self.now = outages, 0.0
        monkeypatch.setattr("server.store.outages.time.monotonic", lambda: self.now)

    def fail(self, seconds, *, silent=False, way="reading"):
        with contextlib.suppress(DatabaseUnavailable), getattr(self.outages, way)():
            self.now += seconds
            raise DatabaseUnavailable("It is away.", silent=silent)


@pytest.fixture
def slow(monkeypatch):
    return Slow(Outages(), monkeypatch)


def pass_at_once(outages, way="reading"):
    with getattr(outages, way)():
        pass


def try_beside(outages, way="reading"):
    """Try it while another one is trying; return what that is told."""
    found = []

    def ask():
        try:
            pass_at_once(outages, way)
        except DatabaseUnavailable as error:
            found.append(str(error))

    with getattr(outages, way)():
        beside = threading.Thread(target=ask)
        beside.start()
        beside.join()
    return found


def test_after_one_waited_in_vain_one_at_a_time_may_try(slow):
    slow.fail(5)
    assert try_beside(slow.outages) == ["It is away."]
    assert try_beside(slow.outages) == []  # it succeeded, so all may try again


def test_a_quick_failure_spares_nobody(slow):
    slow.fail(0.1)
    assert try_beside(slow.outages) == []


@pytest.mark.parametrize(("silent", "told"), [(True, ["It is away."]), (False, [])])
def test_a_lock_for_writers_is_no_reason_to_keep_readers_off(slow, silent, told):
    slow.fail(5, silent=silent, way="writing")
    assert try_beside(slow.outages) == told


def test_a_failure_to_write_is_told_for_a_moment_and_then_tried(slow):
    slow.fail(5, way="writing")
    with pytest.raises(DatabaseUnavailable, match="It is away"):
        slow.outages.raise_fresh()
    slow.now += 5
    slow.outages.raise_fresh()
    assert slow.outages.unwritten
    pass_at_once(slow.outages, "writing")
    assert not slow.outages.unwritten
