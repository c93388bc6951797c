"""`python -m tests.bench.comparison [SESSIONS]`: how long it takes to compare fifty sessions.

Sessions of 45 minutes with 25 students, written straight to a database, their reports made. Then
the server's answer, in its parts, and the page: the callback's answer, and how long a browser
takes from the address to the drawn page, where there is one. The least of several runs each.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from sqlalchemy import select
from starlette.testclient import TestClient

from model.pipeline import FramePipeline
from server.app import create_app
from server.comparison.assembly import compare
from server.schemas import Comparison, Report
from server.settings import read_settings
from server.store.courses import list_members
from server.store.database import Database, migrate
from server.store.tables import session
from tests.server.comparison.lessons import Faces, lessons_apart, store_lesson

TOKEN, COURSE, LIMIT_S, TIMES = "bench-token", "Biology 9b", 2.0, 5
TITLES = ("Introduction", "Cell membranes", "Osmosis", "Summary")


def fill(database: Database, sessions: int, version: str) -> None:
    """Write the lessons of a course, three days apart."""
    faces, chance = Faces.invent(), np.random.default_rng(5)
    begins = lessons_apart(3, sessions, datetime(2026, 1, 12, 9, tzinfo=UTC))
    for number, begin in enumerate(begins, 1):
        store_lesson(
            database, chance, faces, title=f"Lesson {number}", course=COURSE, begin=begin,
            version=version, slides=[(11 * at, title) for at, title in enumerate(TITLES)],
        )  # fmt: skip


def least(what: Callable[[], object], times: int = TIMES) -> float:
    """Return the least seconds of several runs."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        what()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def main() -> None:
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    table = Table("part", "seconds", title=f"Comparison of {sessions} sessions of 45 minutes")
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings(data_dir=Path(folder), teacher_token=TOKEN)
        migrate(settings.resolved_database_url)
        app = create_app(settings, pipeline=FramePipeline.load())
        database: Database = app.state.service.database
        fill(database, sessions, app.state.service.ingest.network_version)
        reports = app.state.service.reports
        with database.reading() as db:
            ids = list(db.scalars(select(session.c.id)))
        made = time.perf_counter()
        for each in ids:
            reports.read(each)
        table.add_row("(made before: one report)", f"{(time.perf_counter() - made) / sessions:.2f}")

        def read_documents() -> list[str]:
            with database.reading() as db:
                return [each.document or "" for each in list_members(db, COURSE)]

        documents = read_documents()
        parsed = [Report.model_validate_json(document) for document in documents]
        together = compare(parsed, course=COURSE, aligned_by="time")
        body = together.model_dump_json()
        table.add_row("read the reports", f"{least(read_documents):.2f}")
        table.add_row(
            "parse them", f"{least(lambda: [Report.model_validate_json(d) for d in documents]):.2f}"
        )
        table.add_row(
            "compare", f"{least(lambda: compare(parsed, course=COURSE, aligned_by='time')):.2f}"
        )
        table.add_row("write the answer", f"{least(together.model_dump_json):.2f}")
        table.add_row(
            f"read it ({len(body) / 1e6:.1f} MB)",
            f"{least(lambda: Comparison.model_validate_json(body)):.2f}",
        )
        with TestClient(app) as client:
            ask = {"Authorization": f"Bearer {TOKEN}"}

            def call() -> None:
                client.get("/api/v1/comparison", params={"course": COURSE}, headers=ask)

            table.add_row("GET /api/v1/comparison, all of it", f"{least(call):.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
