"""Folds closed buckets, so that a source's own rows live no longer than they must."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import structlog

from server.store.database import Database
from server.store.failures import DatabaseUnavailable
from server.store.self_report_counts import fold_self_reports
from server.store.tallies import fold_buckets

EVERY_SECONDS = 10.0
GRACE_SECONDS = 30.0
"""A closed bucket's source rows are kept this long, for leaving and for what is said now. With
`EVERY_SECONDS` the longest life is 40 s after the bucket's end; the promise is 60 s."""

FUTURE_SECONDS = 60
"""A bucket further ahead than this was left by a clock that has been set back since."""

_log = structlog.get_logger()


class OnFolded(Protocol):
    """Is told after each folding, in its thread, whether all could be folded."""

    def __call__(self, *, done: bool) -> None:
        """Take notice."""
        ...


def _ignore(*, done: bool) -> None:
    pass


async def fold_until_stopped(
    database: Database,
    clock: Callable[[], float],
    stop: asyncio.Event,
    on_folded: OnFolded = _ignore,
) -> None:
    """Fold at once (after a crash there may be old rows), then regularly, and once at the end."""

    def fold_and_tell() -> None:
        on_folded(done=_fold(database, clock, GRACE_SECONDS))

    while not stop.is_set():
        await asyncio.to_thread(fold_and_tell)
        try:
            await asyncio.wait_for(stop.wait(), EVERY_SECONDS)
        except TimeoutError:
            continue
    await asyncio.to_thread(_fold, database, clock, 0)


def _fold(database: Database, clock: Callable[[], float], grace: float) -> bool:
    now, done = int(clock()), True
    for fold in (fold_buckets, fold_self_reports):  # a transaction each: locks are in one order
        try:
            with database.writing() as db:
                fold(db, int(now - grace), started_after=now + FUTURE_SECONDS)
        except DatabaseUnavailable as error:
            done = False
            _log.warning("folding waits", reason=str(error))
        except Exception as error:  # noqa: BLE001 - a task that ends would fold nothing ever again
            done = False
            _log.error("folding failed; it is tried again", exc_info=error)
    return done
