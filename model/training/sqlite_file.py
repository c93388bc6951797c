"""Files that are to be SQLite databases, seen to before a library opens them. No torch."""

import sqlite3
from contextlib import closing
from pathlib import Path


class NotSqlite(ValueError):
    """A path where no SQLite database is or can be; the message says what is in the way."""


def check_sqlite(path: Path) -> None:
    """Make the folder of `path` and see that the file, if there is one, is an SQLite database.

    Raises `NotSqlite`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            return
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA schema_version").fetchone()
    except OSError as error:
        raise NotSqlite(f"{path} cannot be opened ({error.strerror}).") from error
    except sqlite3.Error as error:
        raise NotSqlite(
            f"{path} is not an SQLite database ({error}). Name another file; it is made anew."
        ) from error
