from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import insert, make_url, select
from sqlalchemy.exc import StatementError

from server.schemas import SelfReportAnswer
from server.store.sessions import (
    JoinCodeNotFound,
    JoinCodeTaken,
    SessionNotFound,
    delete_session,
    end_session,
    find_session,
    find_session_by_code,
    list_sessions,
)
from server.store.sources import ensure_window_source
from server.store.tables import (
    marker,
    metadata,
    open_self_report,
    outline_entry,
    report,
    self_report,
    transcript_cue,
    video,
)
from server.store.tallies import fold_buckets

LATER = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)


def test_a_new_session_is_found_by_id_and_by_code_as_it_was_given(lesson):
    added = lesson.begin(title="Chemie für alle 🧪", join_code="K7MQ-2RXD", expected_students=None)
    with lesson.database.reading() as db:
        assert find_session(db, added.id) == added
        assert find_session_by_code(db, "K7MQ-2RXD") == added
    assert (added.title, added.expected_students) == ("Chemie für alle 🧪", None)
    assert (added.joined, added.frames, added.faces, added.ended_at) == (0, 0, 0, None)
    assert added.simulated is False


def test_moments_come_back_in_utc_whatever_zone_they_were_given_in(lesson):
    summer = datetime(2026, 7, 1, 9, 30, 0, 250_000, tzinfo=timezone(timedelta(hours=2)))
    added = lesson.begin(started_at=summer)
    assert added.started_at == summer
    assert added.started_at.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(lesson):
    with pytest.raises(StatementError, match="no time zone"):
        lesson.begin(started_at=datetime(2026, 7, 1, 9, 30))  # noqa: DTZ001 - the mistake meant


def test_a_taken_join_code_is_refused_and_the_transaction_lives_on(lesson):
    lesson.begin(join_code="SAME")
    with pytest.raises(JoinCodeTaken):
        lesson.begin(join_code="SAME")
    with lesson.database.reading() as db:
        assert len(list_sessions(db)) == 1


def test_sessions_are_listed_newest_first_with_their_totals(lesson):
    old = lesson.begin(started_at=LATER - timedelta(days=1))
    new = lesson.begin(started_at=LATER)
    pupil, other = lesson.join(old), lesson.join(old)
    lesson.count(lesson.frame(old, pupil, 0), lesson.frame(old, other, 0, faces=0, after=60))
    with lesson.database.writing() as db:
        fold_buckets(db, lesson.start + 30)  # one bucket folded, one still open
        ensure_window_source(db, old.id, joined_at=LATER)
    with lesson.database.reading() as db:
        listed = list_sessions(db)
    assert [each.id for each in listed] == [new.id, old.id]
    assert [(each.joined, each.frames, each.faces) for each in listed] == [(0, 0, 0), (2, 2, 1)]


def test_the_network_is_that_of_the_newest_counted_frame(lesson):
    session = lesson.begin(network_version="net-1")
    pupil = lesson.join(session)
    lesson.count(lesson.frame(session, pupil, 0, version="net-2"))
    lesson.count(lesson.frame(session, pupil, 1, version="net-1", after=10))
    lesson.count(lesson.frame(session, pupil, 2, version="net-3", after=20))
    with lesson.database.reading() as db:
        assert find_session(db, session.id).network_version == "net-3"
    with lesson.database.writing() as db:
        fold_buckets(db, lesson.start + 100)
        assert find_session(db, session.id).network_version == "net-3"


def test_ending_twice_keeps_the_first_end(lesson):
    session = lesson.begin()
    with lesson.database.writing() as db:
        assert end_session(db, session.id, LATER).ended_at == LATER
        assert end_session(db, session.id, LATER + timedelta(hours=1)).ended_at == LATER


@pytest.mark.parametrize("unknown", ["nowhere", "", "a\x00b", "\ud800", "x" * 10_000])
def test_an_unknown_session_is_not_found_however_odd_its_name(lesson, unknown):
    lesson.begin()
    with lesson.database.writing() as db:
        for ask in (find_session, delete_session):
            with pytest.raises(SessionNotFound):
                ask(db, unknown)
        with pytest.raises(SessionNotFound):
            end_session(db, unknown, LATER)
        with pytest.raises(JoinCodeNotFound):
            find_session_by_code(db, unknown)


def test_a_title_with_characters_sql_can_not_hold_is_stored_readably(lesson):
    assert lesson.begin(title="Bio\x009b").title == "Bio\N{REPLACEMENT CHARACTER}9b"


def fill_the_other_tables(db, session_id, source_id):
    """Put a row into every table that counting and folding leave empty."""
    of, at = {"session_id": session_id}, {"bucket_start": 0}
    said = {f"count_{answer}": 0 for answer in SelfReportAnswer}
    video_on_its_way = {
        "state": "done", "received_bytes": 9, "created_at": LATER, "touched_at": LATER
    }  # fmt: skip
    for table, row in (
        (open_self_report, {**at, "source_id": source_id, "answer": "lost"}),
        (self_report, {**at, "said": 1, **said}),
        (marker, {"id": session_id, "at": LATER, "kind": "marker", "label": "here"}),
        (outline_entry, {"position": 1, "kind": "slide", "title": "Cells"}),
        (report, {"revision": 0, "made_at": LATER, "document": "{}"}),
        (transcript_cue, {"position": 1, "begins_s": 0.0, "ends_s": 1.0, "words": "Hello"}),
        (video, {"id": session_id, "wish": "{}", **video_on_its_way}),
    ):
        db.execute(insert(table), of | row)


def test_deleting_erases_every_row_of_it_in_every_table_and_no_other(lesson):
    doomed, kept = lesson.begin(), lesson.begin()
    for session in (doomed, kept):
        pupil = lesson.join(session)
        lesson.count(lesson.frame(session, pupil, 0), lesson.frame(session, pupil, 1, after=60))
        with lesson.database.writing() as db:
            fold_buckets(db, lesson.start + 30)
            fill_the_other_tables(db, session.id, pupil)
    with lesson.database.writing() as db:
        delete_session(db, doomed.id)
    with lesson.database.reading() as db:
        for table in metadata.sorted_tables:
            key = table.c.id if table.name == "session" else table.c.session_id
            assert set(db.scalars(select(key))) == {kept.id}, table.name
        with pytest.raises(SessionNotFound):
            find_session(db, doomed.id)


def test_an_erased_session_leaves_no_trace_in_the_sqlite_file(sqlite_lesson, sqlite_url):
    session = sqlite_lesson.begin(title="Unmistakable title")
    with sqlite_lesson.database.writing() as db:
        delete_session(db, session.id)
    sqlite_lesson.database.close()
    files = Path(make_url(sqlite_url).database).parent.iterdir()
    assert not any(b"Unmistakable" in file.read_bytes() for file in files)


def test_nothing_is_stored_that_could_name_a_student_or_hold_a_picture():
    columns = {column.name for table in metadata.sorted_tables for column in table.columns}
    assert not {
        name for name in columns if any(bad in name for bad in ("name", "picture", "face_"))
    }
    kinds = {type(c.type).__name__ for table in metadata.sorted_tables for c in table.columns}
    assert kinds == {"PlainText", "Integer", "BigInteger", "Double", "Boolean", "UtcMoment"}
