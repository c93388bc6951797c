"""The tidy table as Parquet, with types: the same columns and rows as the CSV file."""

from datetime import tzinfo
from io import BytesIO
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet

from server.publishing.tidy_table import COLUMNS, TEXT_COLUMNS, Row, list_rows
from server.schemas import Report

_TYPES: Final = {
    "number": pa.int32(),
    "at": pa.timestamp("us", tz="UTC"),
    "beyond_noise": pa.bool_(),
    "enough": pa.bool_(),
    **{column: pa.string() for column in TEXT_COLUMNS},
}
SCHEMA: Final = pa.schema([(column, _TYPES.get(column, pa.float64())) for column in COLUMNS])


def write(report: Report, _zone: tzinfo | None = None) -> bytes:
    """Return the file; moments are UTC, what is not told is null."""
    rows = list_rows(report)
    table = pa.table({column: _column(column, rows) for column in COLUMNS}, schema=SCHEMA)
    written = BytesIO()
    parquet.write_table(table, written)
    return written.getvalue()


def _column(column: str, rows: list[Row]) -> list[Any]:
    values = [row[column] for row in rows]
    if column in TEXT_COLUMNS:
        return [None if value is None else str(value) for value in values]
    if SCHEMA.field(column).type == pa.float64():
        return [None if value is None else float(value) for value in values]
    return values
