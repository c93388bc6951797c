"""Transactions whose statements are sent as they are: all or nothing, and told as any other."""

import sqlite3
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import insert, make_url, text
from sqlalchemy.exc import IntegrityError

from server.store.counting import count_batch
from server.store.database import Database, DatabaseUnavailable
from server.store.tables import marker


def read_titles(database):
    with database.reading() as db:
        return db.scalars(text("SELECT title FROM session")).all()


def test_what_raises_leaves_nothing_behind(lesson):
    held = lesson.begin()
    source = lesson.join(held)
    frame = lesson.frame(held, source, 1)
    with pytest.raises(ZeroDivisionError), lesson.database.counting() as db:
        1 / len(count_batch(db, [frame])[:0])
    assert lesson.count(lesson.frame(held, source, 1)) == ["COUNTED"]


def test_batches_of_any_length_are_counted(lesson):
    held = lesson.begin()
    sources = [lesson.join(held) for _ in range(5)]
    frames = []
    for seq, many in enumerate((1, 3, 5, 2, 1)):
        batch = [lesson.frame(held, each, seq) for each in sources[:many]]
        assert lesson.count(*batch) == ["COUNTED"] * many
        frames += batch
    lesson.assert_tallies(held, frames)


def test_an_id_that_no_database_holds_is_one_not_found(lesson):
    held = lesson.begin()
    frame = lesson.frame(held, "strange\x00\ud800", 1)
    assert lesson.count(frame) == ["SOURCE_GONE"]


def test_a_mistake_of_ours_is_no_outage_and_tells_no_values(lesson):
    lesson.begin()
    with pytest.raises(IntegrityError) as raised, lesson.database.counting() as db:
        db.execute(insert(marker), {"id": "a", "label": "secret"})
    assert lesson.database.failures == 0
    assert not raised.value.params
    assert read_titles(lesson.database) == ["Biology 9b"]


def test_a_locked_file_is_told_as_such_and_used_again(sqlite_url):
    with closing(Database(sqlite_url, busy_seconds=0.1)) as database:
        with closing(sqlite3.connect(make_url(sqlite_url).database)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(DatabaseUnavailable, match="locked"), database.counting():
                pass
        with database.counting() as db:
            assert count_batch(db, []) == []


def break_connection(database, postgres_url):
    """End the connection of a transaction that has begun, and go on with it."""
    with database.counting() as db:
        count_batch(db, [])
        with psycopg.connect(postgres_url) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        count_batch(db, [])


def test_a_connection_that_breaks_is_told_and_replaced(postgres_url):
    with closing(Database(postgres_url)) as database:
        with pytest.raises(DatabaseUnavailable, match="can't be reached"):
            break_connection(database, postgres_url)
        assert read_titles(database) == []
        with database.counting() as db:
            assert count_batch(db, []) == []


def count_nothing(database):
    with database.counting() as db:
        count_batch(db, [])


def test_a_connection_that_is_not_made_is_told_as_one_that_breaks(postgres_url, tmp_path):
    """Every call of a server whose PostgreSQL is gone or silent makes a connection in vain."""
    nobody = make_url(postgres_url).set(host=str(tmp_path), query={})
    for url in (f"sqlite:///{tmp_path}/no folder/r.db", str(nobody)):
        with closing(Database(url)) as database:
            with pytest.raises(DatabaseUnavailable, match=r"can't be (opened|reached)"):
                count_nothing(database)
            assert database.failures == 1
