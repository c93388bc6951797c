"""Rows that are there or not yet: added to, or left alone.

Beside `database` the only file with SQL that knows which database it is.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Insert, Table, func
from sqlalchemy.dialects import postgresql, sqlite

from server.store.statements import Transaction

LARGEST = {"joined_by": "largest"}
"""Marks a counter's column of which `add_rows` keeps the larger value instead of adding."""


def add_rows(db: Transaction, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; where a row with that primary key is there, add to its other columns."""
    if rows:
        db.execute(_adding_insert(db.dialect.name, table), rows)


def replace_rows(
    db: Transaction, table: Table, rows: Sequence[dict[str, Any]], *, unless_smaller: str = ""
) -> None:
    """Insert rows; where a row with that primary key is there, put the new one in its place.

    unless_smaller: a column; a row whose value there is smaller than the stored one's is dropped.
    """
    if rows:
        db.execute(_replacing_insert(db.dialect.name, table, unless_smaller), rows)


def insert_unless_there(db: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row; return False, changing nothing, where a unique column already has it."""
    insert = _INSERTS[db.dialect.name](table).values(row).on_conflict_do_nothing()
    return db.execute(insert.returning(*table.primary_key.columns)).first() is not None


# The two constructs are alike but have no common type in SQLAlchemy.
_INSERTS: dict[str, Callable[[Table], Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def _join(column: Column[Any], other: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """Add two values of a counter, or keep the larger where the table says so."""
    if column.info == LARGEST:
        larger = func.max if dialect == "sqlite" else func.greatest
        return larger(column, other)
    return column + other


@cache
def _adding_insert(dialect: str, table: Table) -> Insert:
    insert = _INSERTS[dialect](table)
    counters = [column for column in table.columns if not column.primary_key]
    statement: Insert = insert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={
            column.name: _join(column, insert.excluded[column.name], dialect) for column in counters
        },
    )
    return statement


@cache
def _replacing_insert(dialect: str, table: Table, unless_smaller: str) -> Insert:
    insert = _INSERTS[dialect](table)
    statement: Insert = insert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={
            column.name: insert.excluded[column.name]
            for column in table.columns
            if not column.primary_key
        },
        where=insert.excluded[unless_smaller] >= table.c[unless_smaller]
        if unless_smaller
        else None,
    )
    return statement
