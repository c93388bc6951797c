"""`roomtone report`: a session's report as a file, without a server."""

import json
import sys
from datetime import timedelta

import pytest
from typer.testing import CliRunner

import roomtone
from model.mistakes import Mistake
from server.report_command import ReportNotWritten
from server.store.database import Database, migrate
from server.store.sessions import add_session, end_session
from tests.report_samples import START


@pytest.fixture
def database(monkeypatch, tmp_path):
    """A database with a lesson that ended, one that ended later, and one that runs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("ROOMTONE_DATA_DIR", str(tmp_path / "data"))
    url = f"sqlite:///{tmp_path / 'data' / 'roomtone.db'}"
    migrate(url)
    opened = Database(url)
    yield opened
    opened.close()


def add_lesson(database, title, *, hours=0, ended=True):
    start = START + timedelta(hours=hours)
    with database.writing() as db:
        stored = add_session(
            db, title=title, join_code=f"CODE{hours}", expected_students=24, bucket_seconds=5,
            simulated=False, started_at=start, network_version="1.0",
        )  # fmt: skip
        if ended:
            end_session(db, stored.id, start + timedelta(minutes=45))
    return stored.id


def run(*arguments):
    return CliRunner().invoke(roomtone.app, ["report", *map(str, arguments)])


def refusal(*arguments):
    """Return what the command says when it refuses; it must be one sentence or two."""
    done = run(*arguments)
    assert isinstance(done.exception, ReportNotWritten), done.output
    assert isinstance(done.exception, Mistake)
    assert str(done.exception).endswith(".")
    return str(done.exception)


@pytest.mark.parametrize(
    ("name", "begins"),
    [("r.html", b"<!doctype html>"), ("r.pdf", b"%PDF"), ("r.csv", b"\xef\xbb\xbftable,"),
     ("r.parquet", b"PAR1"), ("r.json", b'{"version":1'), ("R.PDF", b"%PDF")],
)  # fmt: skip
def test_the_suffix_says_the_form(database, tmp_path, name, begins):
    lesson = add_lesson(database, "Biology 9b")
    done = run(lesson, "-o", name)
    assert done.exit_code == 0, done.exception
    assert "Biology 9b" in done.stdout
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_last_is_the_session_that_ended_last(database, tmp_path):
    add_lesson(database, "The second", hours=2)
    add_lesson(database, "The first", hours=1)
    add_lesson(database, "Runs still", hours=3, ended=False)
    assert "The second" in run("last", "-o", "r.json").stdout


def test_the_output_may_be_a_pipe(database):
    lesson = add_lesson(database, "Biology 9b")
    done = run(lesson, "-o", "-", "--format", "json")
    assert json.loads(done.stdout_bytes)["session"]["title"] == "Biology 9b"


def test_the_language_is_that_asked_for(database, tmp_path):
    lesson = add_lesson(database, "Biology 9b")
    run(lesson, "-o", "r.html", "--language", "de")
    assert '<html lang="de">' in (tmp_path / "r.html").read_text("utf-8")


def test_a_file_that_is_there_is_replaced_and_nothing_is_left_beside_it(database, tmp_path):
    lesson = add_lesson(database, "Biology 9b")
    (tmp_path / "r.json").write_text("old")
    assert run(lesson, "-o", "r.json").exit_code == 0
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["version"] == 1
    assert {path.name for path in tmp_path.iterdir()} == {"data", "r.json"}


def test_a_session_that_is_not_there(database):
    assert "no session “nope”" in refusal("nope", "-o", "r.html")


def test_no_session_has_ended_yet(database):
    add_lesson(database, "Runs still", ended=False)
    assert "No session has ended yet" in refusal("last", "-o", "r.html")


def test_a_session_that_runs(database, tmp_path):
    lesson = add_lesson(database, "Runs still", ended=False)
    assert "“Runs still” is still running" in refusal(lesson, "-o", "r.html")
    assert not (tmp_path / "r.html").exists()


@pytest.mark.parametrize("name", ["r.docx", "report", "r.html.bak"])
def test_a_suffix_that_says_nothing(database, name):
    assert ".html" in refusal("last", "-o", name)


def test_the_output_without_a_form(database):
    assert "--format" in refusal("last", "-o", "-")


def test_a_folder_that_is_not_there(database):
    assert "no folder" in refusal("last", "-o", "nowhere/r.html")


def test_a_folder_instead_of_a_file(database, tmp_path):
    (tmp_path / "r.html").mkdir()
    assert "is a folder" in refusal("last", "-o", "r.html")


def test_a_language_that_is_not_there(database):
    assert "en (English)" in refusal("last", "-o", "r.html", "--language", "xx")


def test_no_database_yet(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROOMTONE_DATA_DIR", str(tmp_path / "data"))
    assert "no database" in refusal("last", "-o", "r.html")
    assert not (tmp_path / "data").exists()


def test_a_refusal_is_a_sentence_and_status_1(database, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["roomtone", "report", "nope", "-o", "r.html"])
    with pytest.raises(SystemExit) as stop:
        roomtone.main()
    assert "no session" in str(stop.value.code)
