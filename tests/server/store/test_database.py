import os
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from server.store.database import (
    Database,
    DatabaseNotMigrated,
    DatabaseUnavailable,
    UnsupportedDatabase,
    migrate,
)
from server.store.sessions import list_sessions
from server.store.tables import session, source

NOBODY = 65534
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def path_of(url):
    return Path(make_url(url).database)


@contextmanager
def opened(url, busy_seconds=0.05):
    with closing(Database(url, busy_seconds=busy_seconds)) as database:
        yield database


def rename_sessions(database, title="renamed"):
    with database.writing() as db:
        db.execute(session.update().values(title=title))


def count_sessions(database):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(session))


def test_an_exception_undoes_the_whole_transaction(lesson):
    kept = lesson.begin()

    def fail_halfway():
        with lesson.database.writing() as db:
            db.execute(session.update().values(title="renamed"))
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        fail_halfway()
    with lesson.database.reading() as db:
        assert list_sessions(db) == [kept]


def test_a_reader_sees_one_unchanging_moment(lesson):
    lesson.begin()
    with lesson.database.reading() as db:
        before = list_sessions(db)
        lesson.begin()
        assert list_sessions(db) == before
    assert count_sessions(lesson.database) == 2


def test_an_error_does_not_tell_the_row_that_it_was_about(database):
    row = {"id": "swordfish", "session_id": "of no session", "kind": "student", "joined_at": NOON}
    with pytest.raises(SQLAlchemyError) as caught, database.writing() as db:
        db.execute(source.insert().values(row))
    assert "swordfish" not in str(caught.value)


def test_a_mistake_in_a_statement_is_not_told_as_a_sick_database(database):
    with pytest.raises(SQLAlchemyError), database.reading() as db:
        db.execute(text("SELEC 1"))


def test_a_healthy_database_answers_a_ping(database):
    database.ping()


def test_a_database_without_tables_says_how_to_make_them(empty_database_url):
    with opened(empty_database_url) as database:
        with pytest.raises(DatabaseNotMigrated, match="roomtone migrate"):
            database.ping()
        with pytest.raises(DatabaseNotMigrated), database.reading() as db:
            list_sessions(db)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "roomtone.db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite+aiosqlite:////tmp/x.db",
        "mysql://h/d",
        "postgresql+psycopg2://h/d",
        "postgresql://h:port/d",
    ],
)
def test_a_url_of_no_usable_database_is_refused_with_an_example(url):
    with pytest.raises(UnsupportedDatabase, match=r"sqlite:////path/to/roomtone\.db"):
        Database(url)


def test_postgres_is_reached_by_either_spelling(postgres_url):
    for spelling in ("postgres://", "postgresql://", "postgresql+psycopg://"):
        with opened(postgres_url.replace("postgresql://", spelling)) as database:
            database.ping()


def test_sqlite_waits_for_the_disk_and_keeps_readers_free(sqlite_url):
    with opened(sqlite_url) as database, database.reading() as db:
        found = {
            name: db.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    full = 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "secure_delete": 1,
    }


def test_sqlite_locked_by_another_program_can_be_read_and_says_so_on_writing(sqlite_url):
    with opened(sqlite_url) as database:
        other = sqlite3.connect(path_of(sqlite_url), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert count_sessions(database) == 0
        with pytest.raises(DatabaseUnavailable, match=r"locked by another program\. Close"):
            rename_sessions(database)
        other.close()
        rename_sessions(database)


def test_postgres_locked_by_another_program_says_so(postgres_url):
    with opened(postgres_url) as database, psycopg.connect(postgres_url) as other:
        other.execute("LOCK TABLE session")
        with pytest.raises(DatabaseUnavailable, match="locked by another program"):
            count_sessions(database)
        other.rollback()
        assert count_sessions(database) == 0


def test_postgres_that_does_not_run_is_told_without_the_password():
    database = Database("postgresql://teacher:s3cret@127.0.0.1:1/roomtone")
    with pytest.raises(DatabaseUnavailable, match="can't be reached") as caught:
        database.ping()
    assert "s3cret" not in str(caught.value)
    assert "teacher" in str(caught.value)


def test_postgres_that_dropped_our_connections_is_found_again(postgres_url):
    with opened(postgres_url) as database, psycopg.connect(postgres_url, autocommit=True) as other:
        database.ping()
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        database.ping()


def test_postgres_that_drops_the_connection_midway_is_unavailable(postgres_url):
    with (
        opened(postgres_url) as database,
        pytest.raises(DatabaseUnavailable, match="can't be reached"),
        database.writing() as db,
    ):
        db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def test_a_postgres_that_may_only_be_read_says_so_on_writing(postgres_url):
    read_only = f"{postgres_url}&options=-cdefault_transaction_read_only%3Don"
    with opened(read_only) as database:
        assert count_sessions(database) == 0
        with pytest.raises(DatabaseUnavailable, match="may only be read"):
            rename_sessions(database)


def test_a_missing_postgres_database_says_how_to_make_it(postgres_url):
    name = make_url(postgres_url).database
    database = Database(postgres_url.replace(f"/{name}", "/nowhere"))
    with pytest.raises(DatabaseUnavailable, match=r"createdb|can't be reached"):
        database.ping()


def test_a_full_disk_says_so_and_keeps_what_was_counted(sqlite_lesson):
    kept = sqlite_lesson.begin()
    with sqlite_lesson.database.reading() as db:  # the pool has this one connection only
        db.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(DatabaseUnavailable, match=r"the disk is full\. Free some space"):
        rename_sessions(sqlite_lesson.database, "x" * 1_000_000)
    with sqlite_lesson.database.reading() as db:
        assert list_sessions(db) == [kept]


def test_a_file_that_is_no_database_is_left_alone_and_said_so(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("Dear diary, " * 100)
    with pytest.raises(DatabaseUnavailable, match="not an SQLite database"):
        migrate(f"sqlite:///{file}")
    assert file.read_text() == "Dear diary, " * 100


def test_a_folder_that_is_not_there_says_so(tmp_path):
    with pytest.raises(DatabaseUnavailable, match="Check that its folder exists"):
        migrate(f"sqlite:///{tmp_path}/nowhere/roomtone.db")


@contextmanager
def unprivileged():
    """Be nobody for a while, since root may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder():
    """A folder anyone can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="roomtone-") as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path
        path.chmod(0o755)


def test_a_read_only_data_folder_says_so_for_a_new_database(open_folder):
    open_folder.chmod(0o555)
    with unprivileged(), pytest.raises(DatabaseUnavailable, match=r"may write there|writable"):
        migrate(f"sqlite:///{open_folder}/roomtone.db")


def test_a_read_only_data_folder_says_so_for_an_old_database(open_folder):
    url = f"sqlite:///{open_folder}/roomtone.db"
    migrate(url)
    (open_folder / "roomtone.db").chmod(0o444)
    open_folder.chmod(0o555)
    with unprivileged(), pytest.raises(DatabaseUnavailable, match=r"may write there|writable"):
        rename_sessions(Database(url))
