from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event

import pytest
from sqlalchemy import event, select

from server.schemas import SelfReportAnswer
from server.store.counting import count_batch
from server.store.database import Database
from server.store.self_report_counts import SelfReportCount, fold_self_reports
from server.store.sessions import delete_session, end_session
from server.store.sources import leave_session
from server.store.tables import open_self_report, open_tally, self_report
from server.store.tallies import fold_session

NOW = datetime(2026, 3, 2, 12, 5, tzinfo=UTC)
FOLLOWING, LOST, TOO_FAST, BORED = SelfReportAnswer


def said(lesson, session, source_id, seq, answer=FOLLOWING, *, after=0.0):
    return SelfReportCount(session.id, source_id, seq, lesson.start + after, answer)


def fold(lesson, after, **given):
    with lesson.database.writing() as db:
        return fold_self_reports(db, lesson.start + after, **given)


def folded(lesson):
    """Return (seconds after the start, said, counts) of what is folded."""
    with lesson.database.reading() as db:
        rows = db.execute(select(self_report).order_by(self_report.c.bucket_start)).all()
    return [
        (
            row.bucket_start - lesson.start,
            row.said,
            (row.count_following, row.count_lost, row.count_too_fast, row.count_bored),
        )
        for row in rows
    ]


def class_of(lesson, session, students, answers, *, seq=0, after=0.0):
    """Let the first of some students answer, each once."""
    pupils = students[: len(answers)]
    lesson.count(
        *[
            said(lesson, session, pupil, seq, answer, after=after)
            for pupil, answer in zip(pupils, answers, strict=True)
        ]
    )


@pytest.fixture
def session(lesson):
    return lesson.begin()


@pytest.fixture
def students(lesson, session):
    return [lesson.join(session) for _ in range(8)]


def test_each_students_latest_answer_of_a_bucket_is_counted_once(lesson, session, students):
    class_of(lesson, session, students, [LOST, LOST, FOLLOWING])
    class_of(lesson, session, students, [FOLLOWING, TOO_FAST], seq=1, after=29.9)
    class_of(lesson, session, students, [BORED], seq=2, after=30)
    assert lesson.count_rows(open_self_report) == 4
    fold(lesson, 60)
    assert folded(lesson) == [(0, 3, (2, 0, 1, 0)), (30, 1, (0, 0, 0, 1))]
    assert lesson.count_rows(open_self_report) == 0


def test_the_latest_of_one_batch_wins_and_an_older_number_is_a_duplicate(lesson, session, students):
    pupil = students[0]
    batch = [
        said(lesson, session, pupil, seq, answer)
        for seq, answer in [(1, LOST), (3, BORED), (2, FOLLOWING), (4, TOO_FAST)]
    ]
    assert lesson.count(*batch) == ["COUNTED", "COUNTED", "DUPLICATE", "COUNTED"]
    fold(lesson, 60)
    assert folded(lesson) == [(0, 1, (0, 0, 1, 0))]


def test_frames_and_self_reports_of_one_batch_share_one_row_of_numbers(lesson, session, students):
    pupil = students[0]
    outcomes = lesson.count(
        lesson.frame(session, pupil, 1),
        said(lesson, session, pupil, 1),
        said(lesson, session, pupil, 2),
        lesson.frame(session, pupil, 2),
        lesson.frame(session, pupil, 3),
    )
    assert outcomes == ["COUNTED", "DUPLICATE", "COUNTED", "DUPLICATE", "COUNTED"]


def test_a_bucket_is_folded_only_once_it_has_ended(lesson, session, students):
    class_of(lesson, session, students, [LOST])
    assert fold(lesson, 29) == 0
    assert fold(lesson, 30) == 1
    assert fold(lesson, 30) == 0


def test_buckets_of_a_future_that_a_clock_left_behind_are_folded(lesson, session, students):
    class_of(lesson, session, students, [LOST], after=3600)
    assert fold(lesson, 100) == 0
    assert fold(lesson, 100, started_after=lesson.start + 200) == 1


def test_a_bucket_folded_twice_never_counts_a_student_twice(lesson, session, students):
    """A clock set back must not make three students six, and so enough to be told."""
    class_of(lesson, session, students, [LOST] * 3)
    fold(lesson, 30)
    class_of(lesson, session, students, [FOLLOWING, FOLLOWING], seq=1)
    fold(lesson, 30)
    assert folded(lesson) == [(0, 3, (0, 3, 0, 0))]  # the fuller one stays
    class_of(lesson, session, students, [BORED] * 4, seq=2)
    fold(lesson, 30)
    assert folded(lesson) == [(0, 4, (0, 0, 0, 4))]


def test_an_ended_session_is_folded_at_once_and_alone(lesson, session, students):
    other = lesson.begin()
    class_of(lesson, session, students, [LOST, BORED])
    class_of(lesson, other, [lesson.join(other)], [LOST])
    with lesson.database.writing() as db:
        end_session(db, session.id, NOW)
        fold_session(db, session.id)
    assert folded(lesson) == [(0, 2, (0, 1, 0, 1))]
    assert lesson.count_rows(open_self_report) == 1
    assert lesson.count(said(lesson, session, students[2], 9)) == ["SESSION_ENDED"]


def test_a_deleted_session_leaves_no_self_report(lesson, session, students):
    class_of(lesson, session, students, [LOST])
    fold(lesson, 30)
    class_of(lesson, session, students, [LOST], seq=1, after=30)
    with lesson.database.writing() as db:
        delete_session(db, session.id)
    assert lesson.count_rows(open_self_report) == lesson.count_rows(self_report) == 0


def test_leaving_erases_the_sources_rows_and_nobody_elses(lesson, session, students):
    one, other = students[:2]
    for pupil in (one, other):
        lesson.count(
            lesson.frame(session, pupil, 1),
            lesson.frame(session, pupil, 2, version="net-2"),  # the same bucket all the same
            lesson.frame(session, pupil, 3, after=5),
            said(lesson, session, pupil, 4),
        )
    with lesson.database.writing() as db:
        assert leave_session(db, session.id, one, left_at=NOW) == 3
        assert leave_session(db, session.id, one, left_at=NOW) == 0
    with lesson.database.reading() as db:
        for table in (open_tally, open_self_report):
            assert set(db.scalars(select(table.c.source_id))) == {other}
    frame, answer = lesson.frame(session, one, 9), said(lesson, session, one, 10)
    assert lesson.count(frame, answer) == ["SOURCE_LEFT"] * 2
    assert lesson.count(lesson.frame(session, other, 9)) == ["COUNTED"]


def test_whoever_leaves_while_others_count_and_fold_leaves_no_row(lesson, database_url):
    session = lesson.begin()
    leaving = [lesson.join(session) for _ in range(6)]
    done = Event()

    def keep_counting(offset):
        database = Database(database_url)
        seq = offset
        while not done.wait(0.002):  # SQLite's lock is not fair: leave a gap for the others
            seq += 2
            batch = [
                one
                for pupil in leaving
                for one in (
                    lesson.frame(session, pupil, 2 * seq),
                    said(lesson, session, pupil, 2 * seq + 1),
                )
            ]
            with database.writing() as db:
                count_batch(db, batch)
        database.close()

    with ThreadPoolExecutor(2) as threads:
        servers = [threads.submit(keep_counting, offset) for offset in (0, 1)]
        try:
            for pupil in leaving:
                with lesson.database.writing() as db:
                    leave_session(db, session.id, pupil, left_at=NOW)
        finally:
            done.set()
        assert [server.result(timeout=20) for server in servers] == [None, None]
    assert lesson.count_rows(open_tally) == lesson.count_rows(open_self_report) == 0


def test_a_batch_with_self_reports_takes_one_statement_more(lesson, session, students):
    batch = [lesson.frame(session, pupil, 1) for pupil in students]
    batch += [said(lesson, session, pupil, 2) for pupil in students]
    told = []
    with lesson.database.writing() as db:
        event.listen(db, "before_cursor_execute", lambda *args: told.append(args[2]))
        count_batch(db, batch)
    assert len(told) == 5


@pytest.mark.parametrize("change", [{"seq": -1}, {"seq": 2**63}, {"received_at": float("inf")}])
def test_a_self_report_that_would_spoil_its_batch_can_not_be_made(change):
    given = {
        "session_id": "s",
        "source_id": "a",
        "seq": 0,
        "received_at": 0.0,
        "answer": LOST,
    }
    SelfReportCount(**given)
    with pytest.raises(ValueError, match=r"must be|not a finite"):
        SelfReportCount(**given | change)
