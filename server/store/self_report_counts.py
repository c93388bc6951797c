"""Self-reports in SQL: a source's latest answer while its bucket is open, then counts of all.

Imports nothing of `server` but the store and the answers of the wire. Every function works inside
the caller's transaction `db`; folding wants one of its own, for its locks (see
`server.store.sessions`).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select

from server.schemas import SELF_REPORT_SECONDS, SelfReportAnswer
from server.store.marks import LAST_SEQ
from server.store.tables import open_self_report, self_report, session
from server.store.upserts import replace_rows


@dataclass(frozen=True)
class SelfReportCount:
    """One self-report to count.

    seq: the source's own number, of one row with its frames; received_at: unix seconds by the
    server's clock. Raises `ValueError` for a number or moment that no column holds, so that it
    can't spoil the batch it travels in.
    """

    session_id: str
    source_id: str
    seq: int
    received_at: float
    answer: SelfReportAnswer

    def __post_init__(self) -> None:
        """Refuse what SQL can't hold."""
        if not 0 <= self.seq <= LAST_SEQ:
            raise ValueError(f"A self-report's number must be from 0 to {LAST_SEQ}.")
        if not math.isfinite(self.received_at):
            raise ValueError("The moment of a self-report is not a finite number.")


def write_self_reports(counted: Sequence[SelfReportCount]) -> list[dict[str, Any]]:
    """Return rows of `open_self_report`: of each source and bucket the latest answer only."""
    latest: dict[tuple[str, int, str], str] = {}
    for one in counted:
        start = int(one.received_at // SELF_REPORT_SECONDS) * SELF_REPORT_SECONDS
        latest[one.session_id, start, one.source_id] = one.answer.value
    names = "session_id", "bucket_start", "source_id"
    return [
        dict(zip(names, key, strict=True)) | {"answer": answer} for key, answer in latest.items()
    ]


def fold_self_reports(
    db: Connection, ended_before: int, *, started_after: int | None = None
) -> int:
    """Fold every open bucket of self-reports that had ended by a moment (unix seconds).

    `started_after`: those of a future as well, which a clock that was set back leaves behind.
    Returns how many buckets. Afterwards nothing says what a single source answered. Of a bucket
    that is folded again, because a clock was set back, the fold with more sources stays, because
    both may be of the same students.
    """
    due: ColumnElement[bool] = open_self_report.c.bucket_start + SELF_REPORT_SECONDS <= ended_before
    if started_after is not None:
        due |= open_self_report.c.bucket_start > started_after
    late = select(open_self_report.c.session_id).where(due)
    wanted = select(session.c.id).where(session.c.id.in_(late)).order_by(session.c.id)
    held = db.scalars(wanted.with_for_update(key_share=True)).all()
    return fold_answers(db, open_self_report.c.session_id.in_(held) & due) if held else 0


def fold_answers(db: Connection, condition: ColumnElement[bool]) -> int:
    """Fold the open rows that a condition chooses, of sessions the caller has locked."""
    key = open_self_report.c.session_id, open_self_report.c.bucket_start
    taken = delete(open_self_report).where(condition).returning(*key, open_self_report.c.answer)
    answers: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for session_id, start, answer in db.execute(taken):
        answers[session_id, start].append(answer)
    folded = [_write_fold(session_id, start, said) for (session_id, start), said in answers.items()]
    replace_rows(db, self_report, folded, unless_smaller="said")
    return len(folded)


def _write_fold(session_id: str, start: int, said: Iterable[str]) -> dict[str, Any]:
    counts = Counter(said)
    return {
        "session_id": session_id,
        "bucket_start": start,
        "said": counts.total(),
        **{f"count_{answer}": counts[answer] for answer in SelfReportAnswer},
    }
