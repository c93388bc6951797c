"""Transactions whose statements are compiled once and sent as they are.

SQLAlchemy goes about every statement anew, which costs a frame that is committed alone more than
its commit does (docs/ingest.md). Statements stay written in its words; only `execute` is ours.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, Protocol

from sqlalchemy import Dialect, Engine, Insert, PoolProxiedConnection, Select, Update
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

Statement = Select[Any] | Insert | Update
Row = Mapping[str, Any]
"""Values by name; a list stands for as many values, for `in_` with an expanding parameter."""


class Transaction(Protocol):
    """A connection of SQLAlchemy's within a transaction, or one of ours."""

    @property
    def dialect(self) -> Dialect: ...  # noqa: D102

    def execute(self, statement: Any, parameters: Any, /) -> Any:  # noqa: ANN401, D102
        ...


class _Ready:
    """A statement as text, and how its values become what the driver takes."""

    def __init__(self, statement: Statement, values: Row, dialect: Dialect) -> None:
        lists = {name: value for name, value in values.items() if isinstance(value, list)}
        if isinstance(statement, Select):  # of others no list is asked
            statement = statement.params(lists)
        given: dict[str, Any] = {"render_postcompile": True}
        compiled = statement.compile(
            dialect=dialect, column_keys=list(values), compile_kwargs=given
        )
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - what statements of SQL become
        self.sql = compiled.string
        self._order = compiled.positiontup if compiled.positional else None
        self._lists = list(lists)
        self._turns = [
            (name, turn)
            for name, bound in compiled.binds.items()
            if (turn := bound.type.dialect_impl(dialect).bind_processor(dialect))
        ]

    def arrange(self, values: Row) -> Any:  # noqa: ANN401 - a sequence or a mapping
        """Return the values as the driver takes them, each turned as its column's type wants."""
        named = dict(values)
        for name, turn in self._turns:
            many = name in self._lists
            named[name] = [turn(each) for each in named[name]] if many else turn(named[name])
        for name in self._lists:
            named |= {f"{name}_{number}": each for number, each in enumerate(named.pop(name), 1)}
        return named if self._order is None else [named[name] for name in self._order]


class BareTransaction:
    """A transaction on the driver's own cursor. Rows come as the driver gives them."""

    def __init__(self, engine: Engine, cursor: DBAPICursor, ready: dict[Any, _Ready]) -> None:
        self.dialect, self._cursor, self._ready = engine.dialect, cursor, ready

    def execute(
        self, statement: Statement, parameters: Row | Sequence[Row], /
    ) -> Sequence[Sequence[Any]]:
        """Send a statement, with one set of values or several alike; return its rows."""
        rows = parameters if isinstance(parameters, Sequence) else [parameters]
        lengths = [len(value) for value in rows[0].values() if isinstance(value, list)]
        key = statement, *lengths
        if (ready := self._ready.get(key)) is None:
            ready = self._ready[key] = _Ready(statement, rows[0], self.dialect)
        if len(rows) > 1:
            self._cursor.executemany(ready.sql, [ready.arrange(row) for row in rows])
        else:
            self._cursor.execute(ready.sql, ready.arrange(rows[0]))
        return self._cursor.fetchall() if self._cursor.description else ()


class Statements:
    """The statements of one database, as far as they were compiled. Threads may share it."""

    def __init__(self, engine: Engine, begin: str | None) -> None:
        self._engine, self._begin = engine, begin
        self._ready: dict[Any, _Ready] = {}

    @contextmanager
    def transaction(self) -> Iterator[BareTransaction]:
        """Yield a transaction: committed at the end, undone by an exception.

        Raises SQLAlchemy's errors, as its own connections do.
        """
        with (
            self._told_as_sqlalchemy(),
            closing(self._engine.raw_connection()) as connection,  # undoes what is not committed
            self._told_as_sqlalchemy(connection),
        ):
            cursor = connection.cursor()
            if self._begin is not None:
                cursor.execute(self._begin)
            yield BareTransaction(self._engine, cursor, self._ready)
            connection.commit()

    @contextmanager
    def _told_as_sqlalchemy(
        self, connection: PoolProxiedConnection | None = None
    ) -> Iterator[None]:
        """Raise the driver's errors as SQLAlchemy's, and use no connection again that broke."""
        dialect = self._engine.dialect
        errors = dialect.loaded_dbapi.Error
        try:
            yield
        except errors as error:
            if connection and dialect.is_disconnect(error, connection.dbapi_connection, None):
                connection.invalidate(error)
            raise DBAPIError.instance(
                None, None, error, errors, hide_parameters=True, dialect=dialect
            ) from error
