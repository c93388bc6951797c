"""The report of one session: the one that is kept while it is true, else made anew and kept."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection

from server.correction import Estimators
from server.engagement import read_profile
from server.report.assembly import assemble
from server.report.material import Material
from server.schemas import Report
from server.self_report import count_answers
from server.store.attendance import read_attendance
from server.store.database import Database
from server.store.markers import list_markers
from server.store.outlines import read_outline
from server.store.reports import SessionStillRuns, StoredReport, find_report, keep_report
from server.store.self_reports import read_folded_answers, read_open_answers
from server.store.sessions import SessionNotFound, StoredSession, find_session
from server.store.tallies import read_tallies
from server.store.transcripts import read_transcript


def read_report(
    database: Database,
    session_id: str,
    *,
    estimators: Estimators,
    now: Callable[[], datetime],
) -> Report:
    """Return the report of an ended session, its statements without texts. Blocks.

    No transaction is open while it is put together. Raises `SessionNotFound` or
    `SessionStillRuns`.
    """
    with database.reading() as db:
        stored = find_session(db, session_id)
        if stored.ended_at is None:
            raise SessionStillRuns
        kept = _read_kept(find_report(db, session_id), stored)
        if kept is not None:
            return kept
        material = read_material(db, stored, estimators)
    made = assemble(material, now=now())
    row = StoredReport(stored.report_revision, made.made_at, made.model_dump_json())
    with suppress(SessionNotFound), database.writing() as db:  # deleted meanwhile: told once more
        keep_report(db, session_id, row)
    return made


def read_material(db: Connection, stored: StoredSession, estimators: Estimators) -> Material:
    """Return what a report of a session is made from, of one moment of the database."""
    folded = read_folded_answers(db, stored.id, None)
    return Material(
        session=stored,
        tallies=read_tallies(db, stored.id, None),
        answers=[*folded, *count_answers(read_open_answers(db, stored.id, None))],
        attendance=read_attendance(db, stored),
        markers=list_markers(db, stored.id),
        outline=read_outline(db, stored.id),
        transcript=read_transcript(db, stored.id),
        profile=read_profile(stored.engagement_profile),
        estimators=estimators,
    )


def _read_kept(kept: StoredReport | None, stored: StoredSession) -> Report | None:
    """Return a report that still tells everything; None where it must be made anew."""
    if kept is None or kept.revision != stored.report_revision:
        return None
    try:
        return Report.model_validate_json(kept.document)
    except ValidationError:  # written by another version of this program
        return None
