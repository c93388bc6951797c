"""The URL that names the database: which ones Roomtone takes, and how one is printed."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from server.store.failures import UnsupportedDatabase


def parse_url(url: str) -> URL:
    """Read a URL of an SQLite file or of PostgreSQL, which psycopg 3 then speaks to.

    Takes `sqlite:///`, `postgres://` and `postgresql://`. Raises `UnsupportedDatabase`.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise UnsupportedDatabase from None
    if parsed.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    # In memory every connection would be a database of its own, gone with the process.
    in_memory = parsed.database in {None, "", ":memory:"}
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"} and not in_memory:
        return parsed
    raise UnsupportedDatabase


def hide_password(url: str) -> str:
    """Return the URL for printing: passwords are `***`, in the address and in its query."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return "(unreadable URL)"
    if "password" in parsed.query:
        parsed = parsed.update_query_dict({"password": "***"})
    return parsed.render_as_string(hide_password=True)
