"""Folding goes on whatever one attempt meets."""

import asyncio
from contextlib import closing

from sqlalchemy import text

from server import folding
from server.store.database import Database


def test_an_error_does_not_end_folding(sqlite_url, monkeypatch):
    monkeypatch.setattr(folding, "EVERY_SECONDS", 0.01)

    async def run(database):
        stop = asyncio.Event()
        task = asyncio.create_task(folding.fold_until_stopped(database, lambda: 2e9, stop))
        await asyncio.sleep(0.2)
        assert not task.done()
        stop.set()
        await asyncio.wait_for(task, 5)

    with closing(Database(sqlite_url)) as database:
        with database.writing() as db:
            db.execute(text("DROP TABLE open_tally"))  # an error that is not DatabaseUnavailable
        asyncio.run(run(database))
