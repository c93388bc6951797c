"""`python -m tests.bench.comparison [SESSIONS]`: how long it takes to compare fifty sessions.

Sessions of 45 minutes with 25 students, written straight to a database, their reports made. Then
the server's answer in its parts, the same over HTTP, and the page in a headless Chromium, from its
address to the drawn tables, where there is one. The least of several runs each, with another
process for the server.
"""

import argparse
import json
import math
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import numpy as np
from rich.console import Console
from rich.table import Table

from model.pipeline import FramePipeline
from server.comparison.assembly import compare
from server.comparison.lesson import Lesson
from server.reports import Reports
from server.schemas import Comparison
from server.store.courses import list_members
from server.store.database import Database, migrate
from tests.server.comparison.lessons import Faces, lessons_apart, store_lesson
from tests.servers import TOKEN, running_server

COURSE, TARGET_S, TIMES = "Biology 9b", 2.0, 5
TITLES = ("Introduction", "Cell membranes", "Osmosis", "Summary")


def fill(database: Database, sessions: int, version: str) -> list[str]:
    """Write the lessons of a course, three days apart; return their ids."""
    faces, chance = Faces.invent(), np.random.default_rng(5)  # type: ignore[no-untyped-call]
    begins = lessons_apart(3, sessions, datetime(2026, 1, 12, 9, tzinfo=UTC))  # type: ignore[no-untyped-call]
    slides = [(11 * at, title) for at, title in enumerate(TITLES)]
    return [
        store_lesson(  # type: ignore[no-untyped-call]
            database, chance, faces, title=f"Lesson {number}", course=COURSE, begin=begin,
            version=version, slides=slides,
        ).id
        for number, begin in enumerate(begins, 1)
    ]  # fmt: skip


def least(what: Callable[[], object]) -> float:
    """Return the least seconds of several runs."""
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        what()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def measure_parts(database: Database) -> dict[str, float]:
    """Return the seconds of each part of the server's answer."""

    def read_documents() -> list[str]:
        with database.reading() as db:
            return [each.document or "" for each in list_members(db, COURSE)]

    def parse() -> list[Lesson]:
        return [Lesson.read(document) for document in documents]

    documents = read_documents()
    parsed = parse()
    together = compare(parsed, course=COURSE, aligned_by="time")
    body = together.model_dump_json()
    return {
        "read the reports": least(read_documents),
        "parse them": least(parse),
        "compare them": least(lambda: compare(parsed, course=COURSE, aligned_by="time")),
        f"write the answer, {len(body) / 1e6:.1f} MB": least(together.model_dump_json),
        "parse it in the dashboard": least(lambda: Comparison.model_validate_json(body)),
    }


def measure_served(url: str, ids: list[str]) -> dict[str, float]:
    """Return the seconds of the call over HTTP, and of the page where there is a browser."""
    with httpx.Client(headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60) as http:
        query = {"course": COURSE}
        call = least(lambda: http.get(f"{url}/api/v1/comparison", params=query).raise_for_status())
    told = {"GET /api/v1/comparison, all of it": call}
    page = "/dashboard/compare?" + urlencode([("session", each) for each in ids])
    try:
        with browsing(f"{url}/dashboard/?token={TOKEN}") as tab:

            def open_page() -> None:
                tab.goto(url + page)
                tab.wait_for_selector("#compare .differences")
                tab.evaluate("new Promise(requestAnimationFrame)")

            told["the page, from address to drawn"] = least(open_page)
    except Exception as error:  # noqa: BLE001 - no browser here, for whatever reason
        told[f"(no page: {str(error).splitlines()[0]})"] = float("nan")
    return told


@contextmanager
def browsing(address: str) -> Iterator[Any]:
    """Open a headless Chromium at an address."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - may not be there

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        tab = browser.new_page()
        tab.goto(address)
        yield tab
        browser.close()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.comparison")
    parser.add_argument("sessions", type=int, nargs="?", default=50)
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    given = parser.parse_args()
    sessions = given.sessions
    pipeline = FramePipeline.load()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o700)
        url = f"sqlite:///{folder / 'roomtone.db'}"
        migrate(url)
        database = Database(url)
        ids = fill(database, sessions, pipeline.network_version)
        reports = Reports(database, pipeline.estimators, lambda: datetime.now(UTC))
        made = time.perf_counter()
        for each in ids:
            reports.read(each)
        told = {"(before: one report)": (time.perf_counter() - made) / sessions}
        told |= measure_parts(database)
        reports.close()
        database.close()
        with running_server(folder) as server:
            told |= measure_served(server.url, ids)
    table = Table("part", "seconds", title=f"{sessions} sessions of 45 minutes")
    for part, seconds in told.items():
        table.add_row(part, f"{seconds:.2f}")
    Console().print(table)
    Console().print(f"Target: call and page in under {TARGET_S:g} s.")
    if given.json:
        parts = {part: seconds for part, seconds in told.items() if not math.isnan(seconds)}
        given.json.write_text(json.dumps({"sessions": sessions, "parts_s": parts}, indent=1))


if __name__ == "__main__":
    main()
