import ast
import logging
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text

from server.commands import migrate_database
from server.store.database import (
    Database,
    DatabaseNotMigrated,
    DatabaseTooNew,
    UnknownRevision,
    check_schema,
    downgrade,
    hide_password,
    migrate,
)
from server.store.tables import metadata

ROOT = Path(__file__).resolve().parents[3]
REVISIONS = [script.revision for script in ScriptDirectory(str(ROOT / "alembic")).walk_revisions()]


def tables_of(url):
    with closing(Database(url)) as database, database.reading() as db:
        return set(inspect(db).get_table_names()) - {"alembic_version"}


def mark_as(url, revision):
    with closing(Database(url)) as database, database.writing() as db:
        db.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": revision})


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_revision_can_be_reached_and_left_both_ways(empty_database_url, revision):
    url = empty_database_url
    migrate(url, revision)
    migrate(url)
    check_schema(url)
    assert tables_of(url) == set(metadata.tables)
    downgrade(url, revision)
    downgrade(url, "base")
    assert tables_of(url) == set()
    migrate(url)
    assert tables_of(url) == set(metadata.tables)


def test_the_migrations_make_exactly_the_tables_of_tables_py(database):
    with database.reading() as db:
        context = MigrationContext.configure(db, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        for table in metadata.sorted_tables:  # alembic compares neither checks nor primary keys
            made = inspect(db).get_check_constraints(table.name)
            meant = [each for each in table.constraints if isinstance(each, CheckConstraint)]
            assert {check["name"] for check in made} == {check.name for check in meant}
            primary = inspect(db).get_pk_constraint(table.name)
            assert primary["constrained_columns"] == table.primary_key.columns.keys()


def test_migrations_stand_on_their_own():
    for file in (ROOT / "alembic" / "versions").glob("*.py"):
        imports = [
            node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        assert not [name for name in imports if name.startswith(("server", "model"))], file.name


def test_the_alembic_folder_does_not_shadow_the_package():
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_alembics_own_configuration_finds_the_same_scripts():
    config = Config(ROOT / "alembic.ini")
    assert ScriptDirectory.from_config(config).get_heads() == [REVISIONS[0]]


def test_migrating_again_changes_nothing_and_keeps_the_rows(lesson, database_url):
    session = lesson.begin()
    migrate(database_url)
    with lesson.database.reading() as db:
        assert db.scalar(text("SELECT id FROM session")) == session.id


def test_it_does_not_matter_from_where_migrate_is_called(empty_database_url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    migrate(empty_database_url)
    check_schema(empty_database_url)


def test_migrating_says_nothing(empty_database_url, caplog, capfd):
    caplog.set_level(logging.INFO)
    migrate(empty_database_url)
    assert not [record for record in caplog.records if record.name.startswith("alembic")]
    assert capfd.readouterr() == ("", "")


def test_a_failing_migration_leaves_nothing_behind(empty_database_url):
    url = empty_database_url
    with closing(Database(url)) as database, database.writing() as db:
        db.execute(text("CREATE TABLE tally (x integer)"))  # in the way of the last table made
    with pytest.raises(Exception, match="tally"):
        migrate(url)
    assert tables_of(url) == {"tally"}


def test_a_database_of_a_newer_program_is_refused_and_left_alone(empty_database_url):
    url = empty_database_url
    migrate(url)
    mark_as(url, "9999")
    for touch in (check_schema, migrate, lambda url: downgrade(url, "base")):
        with pytest.raises(DatabaseTooNew, match=r"9999 is unknown here.*Update Roomtone"):
            touch(url)
    assert tables_of(url) == set(metadata.tables)


def test_a_database_without_tables_is_not_migrated_and_not_touched(empty_database_url):
    with pytest.raises(DatabaseNotMigrated, match="roomtone migrate"):
        check_schema(empty_database_url)


def test_checking_does_not_create_an_sqlite_file(tmp_path):
    with pytest.raises(DatabaseNotMigrated):
        check_schema(f"sqlite:///{tmp_path}/roomtone.db")
    assert list(tmp_path.iterdir()) == []


def test_a_downgraded_database_is_not_migrated(empty_database_url):
    migrate(empty_database_url)
    downgrade(empty_database_url, "base")
    with pytest.raises(DatabaseNotMigrated):
        check_schema(empty_database_url)


def test_two_servers_that_start_at_once_migrate_once(empty_database_url):
    program = "import sys; from server.store.database import migrate; migrate(sys.argv[1])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    servers = [
        subprocess.Popen([sys.executable, "-c", program, empty_database_url], env=environment)
        for _ in range(2)
    ]
    assert [server.wait(60) for server in servers] == [0, 0]
    check_schema(empty_database_url)


def test_a_folder_with_a_percent_sign_and_spaces_holds_a_database(tmp_path):
    folder = tmp_path / "50% of 9b"
    folder.mkdir()
    migrate(f"sqlite:///{folder}/roomtone.db")
    check_schema(f"sqlite:///{folder}/roomtone.db")


@pytest.mark.parametrize(
    ("url", "printed"),
    [
        ("postgresql://teacher:s3cret@db/roomtone", "postgresql://teacher:***@db/roomtone"),
        ("postgres://teacher:s3cret@db/roomtone", "postgres://teacher:***@db/roomtone"),
        ("sqlite:////data/roomtone.db", "sqlite:////data/roomtone.db"),
        ("s3cret", "(unreadable URL)"),
        ("postgresql://teacher:s3cret@db:port/roomtone", "(unreadable URL)"),
    ],
)
def test_a_password_is_not_printed(url, printed):
    assert hide_password(url) == printed


def test_a_password_in_the_query_is_not_printed_either():
    assert "s3cret" not in hide_password("postgresql://db/roomtone?password=s3cret")


@pytest.mark.parametrize("revision", ["nosuch", "+1", "-1", "", "base", "000"])
def test_a_revision_that_is_not_there_is_told_in_a_sentence(empty_database_url, revision):
    with pytest.raises(UnknownRevision, match=rf"no revision .* one of: .*{REVISIONS[0]}"):
        migrate(empty_database_url, revision)
    assert tables_of(empty_database_url) == set()


def test_migrate_never_goes_back_and_says_how_to(empty_database_url):
    migrate(empty_database_url)
    with pytest.raises(UnknownRevision, match=r"deletes tables.*alembic -x url=… downgrade base"):
        migrate(empty_database_url, "base")
    assert tables_of(empty_database_url) == set(metadata.tables)


def test_the_command_prints_the_revision_that_was_reached(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ROOMTONE_DATABASE_URL", f"sqlite:///{tmp_path}/roomtone.db")
    migrate_database("head")
    assert capsys.readouterr().out.endswith(f"roomtone.db is at {REVISIONS[0]}.\n")
