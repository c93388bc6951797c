"""The books after a load, and the server process that is measured."""

import os
import socket
import sqlite3
import subprocess
import sys

import pytest

from bench import serving
from bench.service import Account, settle
from bench.serving import ServerNotStarted, check_port, count_in_database, running_server, stop
from server.running import PortTaken
from server.store.database import migrate
from tests.benching.sample import step


def metrics(*, counted=10, committed=10, busy=5, opened=0) -> str:
    return (
        f'roomtone_counted_total{{kind="frame"}} {counted}.0\n'
        f'roomtone_counted_total{{kind="self_report"}} 99.0\n'
        f'roomtone_refused_total{{kind="frame",reason="busy"}} {busy}.0\n'
        f'roomtone_refused_total{{kind="frame",reason="ended"}} 0.0\n'
        f'roomtone_committed_total{{kind="frame"}} {committed}.0\n'
        f'roomtone_open{{kind="frame"}} {opened}.0\n'
    )


def test_books_that_say_the_same_agree():
    account = Account()
    account.note(step(1.0, accepted=7, busy=2))
    account.note(step(1.0, accepted=3, busy=3))
    assert settle(account, metrics(), 10).agree


@pytest.mark.parametrize(
    ("told", "database"),
    [
        (metrics(counted=9, committed=9), 9),  # an answered frame is lost
        (metrics(counted=11, committed=11), 11),  # one was counted that nobody was told of
        (metrics(), 9),
        (metrics(committed=9), 10),
        (metrics(busy=4), 10),
        (metrics(opened=1), 10),
    ],
)
def test_books_that_differ_do_not_agree(told, database):
    assert not settle(Account(counted=10, refused=5), told, database).agree


def test_a_frame_without_an_answer_may_be_counted_or_not():
    for counted in (10, 11):
        books = settle(
            Account(counted=10, refused=5, unknown=1),
            metrics(counted=counted, committed=counted),
            counted,
        )
        assert books.agree
        assert books.unknown == 1


def test_frames_are_counted_wherever_they_stand_in_the_database(tmp_path):
    migrate(f"sqlite:///{tmp_path / 'roomtone.db'}")
    assert count_in_database(tmp_path) == 0
    with sqlite3.connect(tmp_path / "roomtone.db") as db:
        columns = db.execute("PRAGMA table_info(tally)").fetchall()
        names = ", ".join(column[1] for column in columns)
        values = ", ".join("41" if column[1] == "frames" else "'1'" for column in columns)
        db.execute(f"INSERT INTO tally ({names}) VALUES ({values})")
    assert count_in_database(tmp_path) == 41


def test_the_measured_server_knows_nothing_of_the_users_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("ROOMTONE_DATABASE_URL", "postgresql://school/lessons")
    monkeypatch.setenv("ROOMTONE_DATA_DIR", "/lessons")
    monkeypatch.setenv("ROOMTONE_TEACHER_TOKEN", "the-real-one")
    monkeypatch.setenv("ROOMTONE_WORKERS", "3")
    told = serving._environment(tmp_path, 8000, "another")
    assert told["ROOMTONE_DATABASE_URL"].startswith(f"sqlite:///{tmp_path}")
    assert told["ROOMTONE_DATA_DIR"] == str(tmp_path)
    assert told["ROOMTONE_TEACHER_TOKEN"] == "another"
    assert told["ROOMTONE_WORKERS"] == "3"
    assert told["PATH"] == os.environ["PATH"]


def test_a_port_in_use_is_refused_before_anything_starts(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match="Without --port a free one is chosen"):
            check_port(port)
        with pytest.raises(PortTaken), running_server(tmp_path, port=port):
            pass
    assert not list(tmp_path.iterdir())


def test_a_server_that_does_not_start_is_told_with_its_last_words(tmp_path, monkeypatch):
    monkeypatch.setenv("ROOMTONE_WORKERS", "0")
    with pytest.raises(ServerNotStarted, match="ROOMTONE_WORKERS"), running_server(tmp_path):
        pass


def test_a_process_that_does_not_stop_is_killed(monkeypatch):
    monkeypatch.setattr(serving, "STOP_SECONDS", 0.2)
    deaf = "import signal; signal.signal(15, signal.SIG_IGN); print(1, flush=True); signal.pause()"
    process = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    process.stdout.readline()
    with pytest.raises(subprocess.TimeoutExpired):
        stop(process)
    assert process.poll() is not None
