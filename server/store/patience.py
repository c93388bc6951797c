"""Connections to PostgreSQL that give up on one that says nothing. Knows psycopg alone.

A server that is frozen, or whose network has gone, closes no connection: without this a statement
would wait for minutes or for ever, and with it a thread.
"""

import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg

RV = TypeVar("RV")
PATIENCE_SECONDS = 3.5
"""More than `BUSY_SECONDS`, so that a lock is told as a lock."""


def connect_patiently(
    _dialect: object, _record: object, arguments: list[Any], named: dict[str, Any]
) -> "PatientConnection":
    """Connect, in place of SQLAlchemy's own way."""
    return PatientConnection.connect(*arguments, **named)


class PatientConnection(psycopg.Connection[Any]):
    """A connection whose every statement must be answered in time, or it is closed."""

    def wait(  # its further arguments are psycopg's, and more with each version
        self,
        gen: Generator[Any, Any, RV],
        *args: Any,  # noqa: ANN401
        **options: Any,  # noqa: ANN401
    ) -> RV:
        """Wait as psycopg does, but no longer. Raises `psycopg.OperationalError`."""
        return super().wait(self._give_up_in_time(gen), *args, **options)

    def _give_up_in_time(self, gen: Generator[Any, Any, RV]) -> Generator[Any, Any, RV]:
        until = time.monotonic() + PATIENCE_SECONDS
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted  # psycopg sends word every 0.1 s, with nothing ready too
                if not ready and time.monotonic() > until:
                    self.pgconn.finish()
                    raise psycopg.OperationalError(
                        f"the server has not answered for {PATIENCE_SECONDS:g} s"
                    )
                wanted = gen.send(ready)
        except StopIteration as done:
            answer: RV = done.value
            return answer
