"""Structured logs. No picture, token, name, join code or address of a student is in any line.

Our own lines and those of libraries have one form: readable, or JSON with `time`, `level` and
`event`, and `request_id`, `method` and `route` in what belongs to a request.
"""

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any, Final

import structlog

from server.request_ids import add_request

_DATABASES: Final = frozenset({"psycopg", "sqlalchemy", "sqlite3"})


def configure_logs(log_format: str) -> None:
    """Write readable lines, or JSON for a log collector, to standard error."""
    rendering: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            timestamp_key="time",
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    steps: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        add_request,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        write_error,
    ]
    structlog.configure(
        processors=[*steps, rendering],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    _send_libraries_through(steps, rendering)


def _send_libraries_through(
    steps: list[structlog.typing.Processor], rendering: structlog.typing.Processor
) -> None:
    """Give the lines of uvicorn and other libraries the same form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *steps],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, rendering],
        )
    )
    handler.addFilter(_is_told_once)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for noisy in ("httpx", "httpcore", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _is_told_once(record: logging.LogRecord) -> bool:
    """Leave out what uvicorn says of an unexpected error: `server.errors` has, with its request."""
    return not (record.module == "httptools_impl" and record.exc_info is not None)


def write_error(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Turn an exception into text with places and messages: a processor of structlog.

    Never with what was in the variables there, or in the row or the body that was wrong.
    """
    told = event.pop("exc_info", None)
    error = told[1] if isinstance(told, tuple) else told
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["exception"] = "\n\n".join(reversed(list(_write_chain(error))))
    return event


FROM_ELSEWHERE = "In the process that reads pictures:"
"""How the note begins that says where an error of that process was raised."""


def _write_chain(error: BaseException | None) -> Iterator[str]:
    """Yield an error and what it came from, the last one first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        place = "".join(traceback.format_tb(error.__traceback__))
        kind = type(error)
        parts = [f"Traceback (most recent call last):\n{place}"]
        parts.append(f"{kind.__module__}.{kind.__qualname__}: {_message_of(error)}")
        notes = getattr(error, "__notes__", ())
        parts += [f"\n{note}" for note in notes if note.startswith(FROM_ELSEWHERE)]
        if isinstance(error, BaseExceptionGroup):
            parts += [
                f"\n\nOne of them:\n{text}" for e in error.exceptions for text in _write_chain(e)
            ]
        yield "".join(parts)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _message_of(error: BaseException) -> str:
    """Return what an error says, without the values that it was made of."""
    if callable(faults := getattr(error, "errors", None)):  # pydantic and FastAPI quote the input
        told = (f"{'.'.join(map(str, each['loc']))} ({each['type']})" for each in faults())
        return f"wrong: {', '.join(told)}"
    message = str(error)
    if type(error).__module__.split(".")[0] in _DATABASES:  # later lines quote rows
        return message.split("\n", 1)[0]
    return message
