"""Counting a batch of frames and self-reports, in one transaction.

Wants a transaction of its own, for its locks (see `server.store.sessions`).
"""

from collections.abc import Sequence

from server.store.frame_counts import FrameCount, tally_frames
from server.store.marks import CountOutcome, hold_marks, judge_batch, move_marks
from server.store.self_report_counts import SelfReportCount, write_self_reports
from server.store.statements import Transaction
from server.store.tables import open_self_report, open_tally
from server.store.upserts import add_rows, replace_rows


def count_batch(
    db: Transaction, batch: Sequence[FrameCount | SelfReportCount]
) -> list[CountOutcome]:
    """Count a batch and say what became of each, in order.

    The sources' high-water marks move in the same transaction: what is sent again, in this batch
    or a later one, is a `DUPLICATE`. What can't be counted does not touch the others.
    """
    held = hold_marks(db, batch)
    outcomes = judge_batch(batch, held)
    counted = [
        one for one, outcome in zip(batch, outcomes, strict=True) if outcome is CountOutcome.COUNTED
    ]
    move_marks(db, counted)
    frames = [one for one in counted if isinstance(one, FrameCount)]
    said = [one for one in counted if isinstance(one, SelfReportCount)]
    add_rows(db, open_tally, tally_frames(frames, held))
    replace_rows(db, open_self_report, write_self_reports(said))
    return outcomes
