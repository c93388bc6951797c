"""What can be wrong with a database, each in a sentence that says what to do.

Imports SQLAlchemy's errors only. The codes are SQLite's error names and PostgreSQL's SQLSTATEs.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from model.mistakes import Mistake


class UnsupportedDatabase(Mistake, ValueError):
    """A database URL that names no database Roomtone can use."""

    def __init__(self) -> None:
        super().__init__(
            "ROOMTONE_DATABASE_URL names no database Roomtone can use. Write "
            "sqlite:////path/to/roomtone.db or postgresql://user:password@host/name."
        )


class DatabaseUnavailable(Mistake):
    """The database can't be used just now: locked, unreachable, full or read-only.

    silent: it could not be reached or gave no answer, so that whoever comes next waits as long.
    """

    def __init__(self, sentence: str, *, silent: bool = False) -> None:
        super().__init__(sentence)
        self.silent = silent


class DatabaseTooNew(Mistake):
    """The database was migrated by a newer program than this one."""

    def __init__(self, where: str, revision: str) -> None:
        super().__init__(
            f"The database {where} was made by a newer Roomtone (its revision {revision} is "
            "unknown here). Update Roomtone, or give it another database in ROOMTONE_DATABASE_URL."
        )


class UnknownRevision(Mistake, ValueError):
    """A revision of the schema that `migrate` can't go to."""

    def __init__(self, revision: str, known: Sequence[str]) -> None:
        super().__init__(
            f"There is no revision “{revision}” of the database. Write “head” for the newest, or "
            f"one of: {', '.join(known)}."
        )


class OlderRevision(UnknownRevision):
    """A revision before the one that the database has."""

    def __init__(self, revision: str, found: str) -> None:
        ValueError.__init__(
            self,
            f"The database is at {found}, and “{revision}” is older. Going back deletes tables and "
            "what is in them, so `roomtone migrate` doesn't. To lose it, make a backup and run "
            f"`alembic -x url=… downgrade {revision}` with the database's URL.",
        )


class DatabaseNotMigrated(Mistake):
    """The database has no tables yet, or those of an older program."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"The database {where} has not been prepared for this Roomtone. "
            "Run `roomtone migrate`, then start again."
        )


ADVICE = {
    "SQLITE_BUSY": "is locked by another program. Close what else has it open, then try again.",
    "SQLITE_LOCKED": "is locked by another program. Close what else has it open, then try again.",
    "SQLITE_FULL": "can't grow: the disk is full. Free some space, then try again.",
    "SQLITE_READONLY": "may only be read. Make its folder and file writable for this program.",
    "SQLITE_PERM": "may not be used. Make its folder and file writable for this program.",
    "SQLITE_CANTOPEN": (
        "can't be opened. Check that its folder exists and that this program may write there."
    ),
    "SQLITE_NOTADB": "is not an SQLite database. Move the file away, or name another one.",
    "SQLITE_CORRUPT": "is damaged. Put back the last backup of the file.",
    "SQLITE_IOERR": "can't be read or written: the disk reports an error. Check disk and folder.",
    "25006": "may only be read. Connect to the primary server, as a user who may write.",
    "28": "refuses this user or password. Check both in ROOMTONE_DATABASE_URL.",
    "3D000": "does not exist on that server. Create it with createdb, then try again.",
    "40": "was changed by two programs at once. Try again.",
    "53100": "can't grow: the server's disk is full. Free some space, then try again.",
    "53300": "has no connection left. Raise max_connections, or run fewer servers.",
    "55P03": "is locked by another program. Try again when that has finished.",
}
"""How an SQLite error name or an SQLSTATE begins -> what to say after “The database …”."""

UNDEFINED_TABLE = "42P01"
UNREACHABLE = "can't be reached. Check that it runs and that ROOMTONE_DATABASE_URL is right."
CROWDED = "is too busy: every connection is in use. Try again in some seconds."


@contextmanager
def plain_errors(where: str, on_failure: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Raise `DatabaseUnavailable` or `DatabaseNotMigrated` for the driver's own errors.

    on_failure: is told of each of these. A mistake of ours in a statement stays what it is: it must
    not look like a sick database.
    """
    try:
        yield
    except PoolTimeout as error:
        on_failure()
        raise DatabaseUnavailable(f"The database {where} {CROWDED}", silent=True) from error
    except DBAPIError as error:
        if plain := explain(error, where):
            on_failure()
            raise plain from error
        raise


def explain(error: DBAPIError, where: str) -> DatabaseUnavailable | DatabaseNotMigrated | None:
    """Say what a driver's error means for whoever runs the server; None if it is our mistake."""
    cause = error.orig
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or ""
    if code == UNDEFINED_TABLE or (code == "SQLITE_ERROR" and "no such table" in str(cause)):
        return DatabaseNotMigrated(where)
    advice = next((said for start, said in ADVICE.items() if code.startswith(start)), None)
    if advice is None and code != "SQLITE_ERROR":
        advice = UNREACHABLE if isinstance(error, OperationalError | InterfaceError) else None
    if advice is None:
        return None
    return DatabaseUnavailable(f"The database {where} {advice}", silent=advice == UNREACHABLE)
