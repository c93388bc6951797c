"""What a user can get wrong before the server starts: one sentence, status 1, no traceback."""

import socket
import sqlite3
import subprocess
import sys

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

import roomtone
from server.store import database
from tests.tiny_network import tiny_card, write_tiny_network


@pytest.fixture
def serve(monkeypatch, tmp_path, capsys):
    """Run `roomtone serve` with some settings and return what it says when it refuses."""

    def run(**settings):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("ROOMTONE_DATA_DIR", str(tmp_path / "data"))
        monkeypatch.setenv("ROOMTONE_PORT", "8765")
        for name, value in settings.items():
            monkeypatch.setenv(f"ROOMTONE_{name}", str(value))
        monkeypatch.setattr(sys, "argv", ["roomtone", "serve"])
        with pytest.raises(SystemExit) as stop:
            roomtone.main()
        said = str(stop.value.code)
        assert "Traceback" not in capsys.readouterr().err
        assert said.rstrip().endswith((".", "!"))
        return said

    return run


def test_a_port_in_use(serve):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = serve(PORT=port)
    assert f"Port {port} is in use" in said
    assert "ROOMTONE_PORT" in said


def test_a_data_folder_that_cannot_be_written(serve, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert "ROOMTONE_DATA_DIR" in serve(DATA_DIR=tmp_path / "file" / "data")


def test_a_network_without_a_card(serve, tmp_path):
    path = write_tiny_network(tmp_path / "bare.onnx", None)
    assert "no model card" in serve(NETWORK=path)


def test_a_network_of_other_emotions(serve, tmp_path):
    emotions = ("a", "b", "c", "d", "e", "f", "g")
    path = write_tiny_network(tmp_path / "other.onnx", tiny_card(emotions=emotions))
    assert "in that order" in serve(NETWORK=path)


def test_a_missing_finder(serve, tmp_path):
    assert "ROOMTONE_FINDER" in serve(FINDER=tmp_path / "none.onnx")


def test_a_database_that_is_too_new(serve, tmp_path):
    url = f"sqlite:///{tmp_path / 'new.db'}"
    with create_engine(url).begin() as db:
        db.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        db.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    assert "newer Roomtone" in serve(DATABASE_URL=url)


def test_a_database_that_cannot_be_reached(serve):
    said = serve(DATABASE_URL="postgresql://user:hunter2@127.0.0.1:1/none")
    assert "can't be reached" in said
    assert "hunter2" not in said


def test_a_file_that_is_no_database(serve, tmp_path):
    (tmp_path / "text.db").write_text("this is not a database, it is text " * 100)
    assert "not an SQLite database" in serve(DATABASE_URL=f"sqlite:///{tmp_path / 'text.db'}")


def test_a_setting_that_makes_no_sense(serve):
    assert "ROOMTONE_QUEUE_LIMIT" in serve(QUEUE_LIMIT="many")


def test_a_machine_without_libgl(tmp_path):
    (tmp_path / "cv2.py").write_text(
        "raise ImportError('libGL.so.1: cannot open shared object file: No such file')"
    )
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); sys.argv[1:] = ['serve']\n"
        "import roomtone; roomtone.main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "apt-get install libgl1" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_settings_are_printed_without_secrets(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROOMTONE_TEACHER_TOKEN", "swordfish")
    monkeypatch.setenv("ROOMTONE_DATABASE_URL", "postgresql://user:hunter2@db/roomtone")
    printed = CliRunner().invoke(roomtone.app, ["settings", "--json"]).output
    assert "swordfish" not in printed
    assert "hunter2" not in printed
    assert '"ROOMTONE_PORT": 8000' in printed
    shown = CliRunner().invoke(roomtone.app, ["settings", "--show-token"]).output
    assert shown.strip() == "swordfish"


def test_a_locked_database(serve, tmp_path, monkeypatch):
    monkeypatch.setattr(database, "MIGRATION_SECONDS", 0.2)
    path = tmp_path / "locked.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA journal_mode=WAL")
    holder.execute("BEGIN EXCLUSIVE")
    said = serve(DATABASE_URL=f"sqlite:///{path}")
    holder.close()
    assert "locked by another program" in said
