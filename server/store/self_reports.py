"""Self-reports read from SQL. Every function works inside the caller's transaction `db`."""

from collections import Counter, defaultdict

from sqlalchemy import ColumnElement, Connection, Table, select

from server.schemas import SelfReportAnswer
from server.self_report import CountedAnswers
from server.store.tables import open_self_report, self_report


def read_folded_answers(db: Connection, session_id: str, since: int | None) -> list[CountedAnswers]:
    """Return the counts of the buckets that are folded, from a moment (unix seconds) on."""
    columns = [self_report.c[f"count_{answer}"] for answer in SelfReportAnswer]
    wanted = select(self_report.c.bucket_start, *columns)
    rows = db.execute(wanted.where(_of_session(self_report, session_id, since)))
    return [
        CountedAnswers(start, Counter(dict(zip(SelfReportAnswer, counts, strict=True))))
        for start, *counts in rows
    ]


def read_open_answers(
    db: Connection, session_id: str, since: int | None
) -> list[dict[int, SelfReportAnswer]]:
    """Return the answers of the open buckets, one dictionary per source, without saying whose.

    For the server's own sums only: never leaves the server.
    """
    table = open_self_report
    wanted = select(table.c.source_id, table.c.bucket_start, table.c.answer)
    grouped: defaultdict[str, dict[int, SelfReportAnswer]] = defaultdict(dict)
    for source_id, start, answer in db.execute(wanted.where(_of_session(table, session_id, since))):
        grouped[source_id][start] = SelfReportAnswer(answer)
    return list(grouped.values())


def _of_session(table: Table, session_id: str, since: int | None) -> ColumnElement[bool]:
    own: ColumnElement[bool] = table.c.session_id == session_id
    return own if since is None else own & (table.c.bucket_start >= since)
