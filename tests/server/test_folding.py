"""Folding goes on whatever one attempt meets."""

import asyncio
from contextlib import closing

from sqlalchemy import text

from server import folding
from server.schemas import SelfReportAnswer
from server.store.database import Database
from server.store.self_report_counts import SelfReportCount
from server.store.tables import open_self_report, self_report
from tests.server.store.conftest import Lesson


def test_an_error_does_not_end_folding(sqlite_url, monkeypatch):
    monkeypatch.setattr(folding, "EVERY_SECONDS", 0.01)

    async def run(database):
        stop = asyncio.Event()
        task = asyncio.create_task(folding.fold_until_stopped(database, lambda: 2e9, stop))
        await asyncio.sleep(0.2)
        assert not task.done()
        stop.set()
        await asyncio.wait_for(task, 60)  # a traceback is drawn for each try

    with closing(Database(sqlite_url)) as database:
        with database.writing() as db:
            db.execute(text("DROP TABLE open_tally"))  # an error that is not DatabaseUnavailable
        asyncio.run(run(database))


def test_self_reports_are_folded_on_the_way_and_whatever_becomes_of_the_frames(sqlite_url):
    with closing(Database(sqlite_url)) as database:
        fold_with_self_report(Lesson(database))


def fold_with_self_report(lesson):
    session = lesson.begin()
    lesson.count(
        SelfReportCount(session.id, lesson.join(session), 1, lesson.start, SelfReportAnswer.LOST)
    )

    async def run(clock):
        stop = asyncio.Event()
        task = asyncio.create_task(folding.fold_until_stopped(lesson.database, clock, stop))
        for _ in range(600):  # well before the stop, which would fold everything
            await asyncio.sleep(0.05)
            if not (open_rows := lesson.count_rows(open_self_report)):
                break
        stop.set()
        await task
        return open_rows

    with lesson.database.writing() as db:
        db.execute(text("DROP TABLE open_tally"))
    bucket_end = lesson.start + 30
    assert asyncio.run(run(lambda: bucket_end + folding.GRACE_SECONDS)) == 0
    assert lesson.count_rows(self_report) == 1
