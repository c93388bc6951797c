"""The database: how it is opened, locked, migrated and explained. Alone knows dialects.

SQLite in one file is the default; PostgreSQL is a URL. Imports no tables. Everything here blocks:
call it from threads, never from the event loop.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor

from server.store.database_url import hide_password, parse_url
from server.store.failures import (
    DatabaseNotMigrated,
    DatabaseTooNew,
    DatabaseUnavailable,
    UnknownRevision,
    UnsupportedDatabase,
    plain_errors,
)
from server.store.outages import Outages
from server.store.revisions import alembic_config, known_revisions, refuse_unless_ahead
from server.store.statements import BareTransaction, Statements
from server.store.writers import Writers

__all__ = [
    "Database",
    "DatabaseNotMigrated",
    "DatabaseTooNew",
    "DatabaseUnavailable",
    "UnknownRevision",
    "UnsupportedDatabase",
    "check_schema",
    "downgrade",
    "hide_password",
    "migrate",
]

BUSY_SECONDS = 3.0
BEGIN_WRITING = "BEGIN IMMEDIATE"
MIGRATION_SECONDS = 10.0
MIGRATION_LOCK = 0x526F6F6D746F6E65
"""PostgreSQL's advisory lock for migrations: “Roomtone” in ASCII."""

SQLITE_PRAGMAS = (
    # An acknowledged frame is a counted frame, after a power cut too. NORMAL would survive
    # kill -9 only: it leaves the last commits in the system's cache. FULL waits for the disk at
    # every commit; group commit shares that wait between the frames of a batch.
    "synchronous=FULL",
    "fullfsync=ON",  # macOS alone: its plain fsync leaves the disk's own cache unwritten
    "secure_delete=ON",  # an erased session is overwritten, not only forgotten
)


class Database:
    """One database and its pool of connections. Threads may share it.

    busy_seconds: how long to wait for another writer's lock or for a free connection.
    foreign_keys: off only for migrations, where SQLite rebuilds tables by dropping them.
    Raises `UnsupportedDatabase`; connects only when used.
    """

    def __init__(
        self, url: str, *, busy_seconds: float = BUSY_SECONDS, foreign_keys: bool = True
    ) -> None:
        parsed = parse_url(url)
        self._where = hide_password(url)
        self._outages = Outages()
        self.failures = 0
        """How many transactions failed because the database could not be used."""
        self._engine = _make_engine(parsed, busy_seconds, foreign_keys=foreign_keys)
        self._reading, self._writing = _split_engine(self._engine)
        self._lock, one = threading.Lock(), self._engine.dialect.name == "sqlite"
        self._writers = Writers(self._where, one_at_a_time=one, busy_seconds=busy_seconds)
        self._statements = Statements(self._engine, BEGIN_WRITING if one else None)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one unchanging moment of the database.

        Raises `DatabaseUnavailable` or `DatabaseNotMigrated`, as `writing` does.
        """
        with (
            self._outages.reading(),
            plain_errors(self._where, self._note_failure),
            self._reading.connect() as db,
        ):
            yield db

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection with one transaction: committed at the end, undone by an exception.

        When this returns, the rows are on the disk.
        """
        with self._in_turn(), self._writing.begin() as db:
            yield db

    @contextmanager
    def counting(self) -> Iterator[BareTransaction]:
        """Do as `writing`, with less beside the statements: for what every frame waits for."""
        with self._in_turn(), self._statements.transaction() as db:
            yield db

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Wait for this writer's turn, and say what fails as every call of the store does."""
        with (
            self._outages.writing(),
            self._writers.in_turn(),
            plain_errors(self._where, self._note_failure),
        ):
            yield

    def ping(self) -> None:
        """Read one row; rewrite one, where the last writing failed. Raises as `reading` does."""
        self._outages.raise_fresh()
        with self.reading() as db:
            db.execute(text("SELECT version_num FROM alembic_version")).first()
        if self._outages.unwritten:
            with self.writing() as db:
                db.execute(text("UPDATE alembic_version SET version_num = version_num"))

    def _note_failure(self) -> None:
        with self._lock:
            self.failures += 1
        if self._engine.dialect.name == "sqlite":
            self._engine.dispose()  # when the file is back, it may be another one

    def close(self) -> None:
        """Close all connections that are not in use."""
        self._engine.dispose()


def migrate(url: str, revision: str = "head") -> str:
    """Bring the tables up to `revision` and return the revision that they have then.

    All or nothing, and one process at a time: a second one waits and then finds nothing to do.
    Raises `UnknownRevision`, also for an older one, `DatabaseTooNew` or `DatabaseUnavailable`.
    """
    return _revise(url, lambda config: command.upgrade(config, revision), upto=revision)


def downgrade(url: str, revision: str) -> None:
    """Take the tables back to `revision` (`base`: none). What newer tables hold is lost."""
    _revise(url, lambda config: command.downgrade(config, revision))


def check_schema(url: str) -> None:
    """Raise `DatabaseTooNew` or `DatabaseNotMigrated` unless the tables are this program's."""
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists():
        raise DatabaseNotMigrated(hide_password(url))  # opening it would leave an empty file
    with closing(Database(url)) as database, database.reading() as db:
        script = ScriptDirectory.from_config(alembic_config())
        found = known_revisions(db, script, hide_password(url))
    if found != set(script.get_heads()):
        raise DatabaseNotMigrated(hide_password(url))


def _make_engine(url: URL, busy_seconds: float, *, foreign_keys: bool) -> Engine:
    lite = url.get_backend_name() == "sqlite"
    engine = create_engine(
        url,
        isolation_level=None if lite else "READ COMMITTED",
        connect_args={"timeout": busy_seconds} if lite else {"connect_timeout": 2},
        pool_size=8,
        max_overflow=8,
        pool_timeout=busy_seconds,
        pool_pre_ping=not lite,
        hide_parameters=True,  # an error's text is logged, and must not hold a row
    )
    if lite:
        event.listen(engine, "begin", _begin_sqlite)
        pragmas = *SQLITE_PRAGMAS, f"foreign_keys={foreign_keys:d}"
        settings = [f"PRAGMA {each}" for each in pragmas]
    else:
        settings = [f"SET lock_timeout = {round(busy_seconds * 1000)}"]
        if foreign_keys:  # a migration may take its time
            from server.store.patience import connect_patiently  # noqa: PLC0415 - brings psycopg

            event.listen(engine, "do_connect", connect_patiently)

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _record: object) -> None:
        if lite:
            connection.isolation_level = None  # our BEGIN, not the driver's: see _begin_sqlite
        cursor = connection.cursor()
        if lite:
            _use_write_ahead_log(cursor, busy_seconds)
        for setting in settings:
            cursor.execute(setting)
        connection.commit()

    return engine


def _use_write_ahead_log(cursor: DBAPICursor, busy_seconds: float) -> None:
    """Let readers never wait for the writer.

    Two programs that open a new file at once can collide here: SQLite's own patience is not for it.
    """
    until = time.monotonic() + busy_seconds
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(db: Connection) -> None:
    # The driver begins late and deferred: two writers would both read, and one then be refused.
    db.exec_driver_sql(db.get_execution_options().get("begin", "BEGIN"))


def _split_engine(engine: Engine) -> tuple[Engine, Engine]:
    if engine.dialect.name == "sqlite":
        return engine, engine.execution_options(begin=BEGIN_WRITING)
    # A reader's two queries must see the same moment, or a fold between them counts twice.
    return engine.execution_options(isolation_level="REPEATABLE READ"), engine


def _revise(url: str, action: Callable[[Config], None], upto: str | None = None) -> str:
    config = alembic_config()
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells its own business at INFO
    database = Database(url, busy_seconds=MIGRATION_SECONDS, foreign_keys=False)
    with closing(database), database.writing() as db:
        if db.dialect.name == "postgresql":  # SQLite's BEGIN IMMEDIATE is such a lock already
            db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        script = ScriptDirectory.from_config(config)
        found = known_revisions(db, script, hide_password(url))
        if upto is not None:
            refuse_unless_ahead(script, found, upto)
        config.attributes["connection"] = db
        action(config)
        return ", ".join(MigrationContext.configure(db).get_current_heads()) or "base"
