"""Types of columns that mean the same on both databases. Imports nothing of ours."""

# ruff: noqa: ARG002 - SQLAlchemy passes its dialect, wanted or not

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator


class UtcMoment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no zone, so it is put back here. Refuses naive datetimes."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn a moment of any zone into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone. Give a moment with one, such as UTC.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PlainText(TypeDecorator[str]):
    """Text both databases can hold: PostgreSQL refuses NUL, and neither has lone surrogates.

    They become replacement characters, so a strange identifier is one not found, not an error.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what can't be stored."""
        if value is None:
            return None
        return (
            value.encode("utf-8", "replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")
        )
