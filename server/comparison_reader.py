"""The comparison of several sessions, from their reports: kept ones, or made where they are not."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from server.comparison.assembly import AlignedBy, compare
from server.comparison.lesson import Lesson
from server.languages import gettext
from server.schemas import ENOUGH_STUDENTS, MOST_COMPARED, Comparison, LeftOut, Report
from server.store.courses import Member, count_members, find_members, list_members
from server.store.database import Database
from server.store.reports import SessionStillRuns
from server.store.sessions import SessionNotFound

MakeReport = Callable[[str], Report]
"""Session's id -> its report. Raises `SessionNotFound` or `SessionStillRuns`."""


class ComparisonUnclear(ValueError):
    """Neither a course nor sessions were named, or both."""

    def __init__(self) -> None:
        super().__init__(
            "Say what to compare: either `course=NAME`, or `session=ID` once for each session, "
            "not both."
        )


class TooManyCompared(ValueError):
    """More sessions than one comparison holds."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"These are {count} sessions, and at most {MOST_COMPARED} can be compared at once. "
            "Name fewer, with `session=ID` once for each."
        )


def read_comparison(
    database: Database,
    make: MakeReport,
    *,
    course: str | None,
    ids: Sequence[str],
    aligned_by: AlignedBy,
) -> Comparison:
    """Return a comparison in the language spoken. Blocks, and longer where reports are missing.

    course: its name, or ids: of sessions, each counted once. Raises `ComparisonUnclear`,
    `TooManyCompared`, `CourseNotFound` or `SessionsNotFound`.
    """
    lessons: list[Lesson] = []
    left_out: list[LeftOut] = []
    for member in _read_members(database, course, ids):
        told = _read_lesson(member, make)
        if isinstance(told, Lesson) and told.report.whole.shares is not None:
            lessons.append(told)
        else:
            reason = told if isinstance(told, str) else _say_empty(told.report)
            left_out.append(
                LeftOut(
                    session_id=member.id,
                    title=member.title,
                    started_at=member.started_at,
                    reason=reason,
                )
            )
    return compare(lessons, course=course, aligned_by=aligned_by, left_out=left_out)


def _read_members(database: Database, course: str | None, ids: Sequence[str]) -> list[Member]:
    ids = list(dict.fromkeys(ids))
    if (course is None) == (not ids) or course == "":
        raise ComparisonUnclear
    with database.reading() as db:
        count = len(ids) if course is None else count_members(db, course)
        if count > MOST_COMPARED:
            raise TooManyCompared(count)
        return find_members(db, ids) if course is None else list_members(db, course)


def _read_lesson(member: Member, make: MakeReport) -> Lesson | str:
    """Return a session's report, or a sentence why there is none."""
    if member.ended_at is None:
        return gettext("It is still running.")
    if member.document is not None:
        with suppress(ValueError, LookupError):  # written by another version of this program
            return Lesson.read(member.document)
    try:
        return Lesson.of(make(member.id))
    except SessionNotFound:
        return gettext("It was deleted just now.")
    except SessionStillRuns:
        return gettext("It is still running.")


def _say_empty(report: Report) -> str:
    if not report.session.camera:
        return gettext("Its students were not asked for their camera.")
    if not report.whole.visible:
        return gettext("No faces were seen in it.")
    return gettext("There were never {needed} students visible for long enough.").format(
        needed=ENOUGH_STUDENTS
    )
