"""The server's own books, against what its clients were told."""

import asyncio
import re
from collections import Counter

from prometheus_client.parser import text_string_to_metric_families

from tests.torture.wire import Line

KINDS = {"/frames": "frame", "/readings": "reading", "/self-reports": "self_report"}
STATUS_OF = {"busy": 429, "too_fast": 429, "database": 503, "stopping": 503, "fault": 500}
"""The statuses of the reasons that a source meets that does nothing wrong."""


class LedgerWrong(AssertionError):
    """The ledger does not balance, or tells something else than the clients were told."""


def read_books(told: str) -> dict[str, Counter]:
    """Read the ledger from a scrape and check that it balances. Raises `LedgerWrong`."""
    books: dict[str, Counter] = {kind: Counter() for kind in KINDS.values()}
    for family in text_string_to_metric_families(told):
        for sample in family.samples:
            name = re.sub(r"^roomtone_|_total$", "", sample.name)
            if name == "refused":
                books[sample.labels["kind"]][f"refused {sample.labels['reason']}"] = sample.value
            elif name in ("received", "counted", "duplicate", "open", "committed"):
                books[sample.labels["kind"]][name] = sample.value
    for kind, book in books.items():
        refused = sum(number for name, number in book.items() if name.startswith("refused "))
        if book["received"] != book["counted"] + book["duplicate"] + refused + book["open"]:
            raise LedgerWrong(f"{kind}: {dict(book)} does not balance")
        if book["counted"] > book["committed"]:
            raise LedgerWrong(f"{kind}: {dict(book)} tells more counted than committed")
    return books


async def scrape(port: int) -> dict[str, Counter]:
    """Read a running server's books."""
    line = Line(port)
    answer = await line.ask("GET", "/metrics")
    line.close()
    return read_books(answer.body.decode())


async def check_ledger(port: int, answers: Counter) -> dict[str, Counter]:
    """Wait until nothing is under way, and compare the books with what clients were told.

    answers: by call and verdict, of one life of the server, in which it broke off none.
    Raises `LedgerWrong`.
    """
    books: dict[str, Counter] = {}
    for _ in range(200):
        books = await scrape(port)
        if not any(book["open"] for book in books.values()):
            break
        await asyncio.sleep(0.05)
    for call, kind in KINDS.items():
        told = Counter({verdict: n for (of, verdict), n in answers.items() if of == call})
        del told["broken off"]  # sent while nobody listened
        book = books[kind]
        found = Counter({"counted": book["counted"], "duplicate": book["duplicate"]})
        for name, number in book.items():
            if number and name.startswith("refused "):
                found[str(STATUS_OF[name.removeprefix("refused ")])] += number
        if +found != +told:
            raise LedgerWrong(f"{kind}: the books say {dict(+found)}, clients {dict(+told)}")
        if book["open"]:
            raise LedgerWrong(f"{kind}: {book['open']} are still open")
    return books
