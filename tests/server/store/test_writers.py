"""Many threads that write at once wait for each other, and none of them in vain."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import text

from server.store.database import Database, DatabaseUnavailable, migrate


@pytest.fixture
def database(sqlite_url):
    migrate(sqlite_url)
    with closing(Database(sqlite_url, busy_seconds=4.0)) as opened:
        with opened.writing() as db:
            db.execute(text("CREATE TABLE number (n INTEGER)"))
            db.execute(text("INSERT INTO number VALUES (0)"))
        yield opened


def test_a_crowd_of_writers_is_no_outage(database):
    def write(_):
        with database.writing() as db:
            db.execute(text("UPDATE number SET n = n + 1"))
            time.sleep(0.01)  # as a commit takes on a slow disk

    with ThreadPoolExecutor(40) as threads:
        list(threads.map(write, range(120)))
    with database.reading() as db:
        assert db.scalar(text("SELECT n FROM number")) == 120
    assert database.failures == 0


def test_a_writer_that_never_ends_keeps_others_for_a_while_only(database):
    with database.writing(), ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(database.writing().__enter__)
        with pytest.raises(DatabaseUnavailable, match="too busy"):
            waiting.result(timeout=10)


def test_a_transaction_that_fails_passes_its_turn_on(database):
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), database.writing():
            1 / 0  # noqa: B018
    with database.writing() as db:
        db.execute(text("UPDATE number SET n = 1"))
