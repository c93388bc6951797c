"""A server's clock that is set back an hour, and forth again, in the middle of a lesson."""

import asyncio

import pytest

from server.folding import fold_until_stopped
from server.store.tables import open_self_report, open_tally, self_report, tally

HOUR = 3600


def fold_now(classroom):
    """Fold once, as happens every 10 s."""
    service, stop = classroom.app.state.service, asyncio.Event()

    async def run():
        def stop_after_first(*, done):
            service.watch.note_folding(done=done)
            stop.set()

        await fold_until_stopped(service.database, classroom.clock, stop, stop_after_first)

    asyncio.run(run())


@pytest.fixture
def class_of_six(classroom, session):
    return [classroom.join(session) for _ in range(6)]


@pytest.fixture
def all_send(classroom, session, class_of_six, portrait):
    """Let all six send one number each, and be counted."""

    def send(seq):
        for source in class_of_six:
            told = classroom.send(session, source, seq, portrait)
            assert (told.status_code, told.json()["outcome"]) == (200, "counted")
            again = classroom.send(session, source, seq, portrait)
            assert again.json()["outcome"] == "duplicate"

    return send


@pytest.mark.parametrize("jumps", [[-HOUR], [HOUR], [-HOUR, HOUR], [HOUR, -HOUR], [-HOUR] * 2])
def test_no_frame_is_lost_or_counted_twice(classroom, session, all_send, jumps):
    sent = 0
    for jump in [0, *jumps]:
        classroom.clock.now += jump
        for _ in range(3):
            classroom.clock.now += 4
            sent += 1
            all_send(sent)
            fold_now(classroom)
    folded = sum(row.frames for row in classroom.rows(tally))
    still_open = sum(row.frames for row in classroom.rows(open_tally))
    assert folded + still_open == 6 * sent
    told = classroom.client.get(
        f"/api/v1/sessions/{session['session_id']}", headers=classroom.teacher
    )
    assert (told.json()["frames"], told.json()["faces"]) == (6 * sent, 6 * sent)


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
def test_no_row_of_a_single_source_outlives_the_promise(
    classroom, session, class_of_six, all_send, jump
):
    all_send(1)
    for source in class_of_six:
        classroom.say(session, source, 2)
    classroom.clock.now += jump
    all_send(3)
    for _ in range(8):
        classroom.clock.now += 10
        fold_now(classroom)
    assert not classroom.rows(open_tally)
    assert not classroom.rows(open_self_report)
    assert sum(row.frames for row in classroom.rows(tally)) == 12
    assert sum(row.said for row in classroom.rows(self_report)) == 6


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
def test_the_mood_goes_on_with_what_came_since(classroom, session, class_of_six, all_send, jump):
    all_send(1)
    for source in class_of_six:
        classroom.say(session, source, 2)
    classroom.clock.now += jump
    fold_now(classroom)
    all_send(3)
    for source in class_of_six[:5]:
        classroom.say(session, source, 4, "lost")
    mood = classroom.mood(session)
    assert mood["self_report_now"]["counts"]["lost"] == mood["self_report_now"]["said"] == 5
    assert (mood["now"]["visible"], mood["now"]["frames"]) == (6, 6)
    assert mood["now"]["shares"] is not None


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
def test_tokens_hold_and_nobody_is_sent_away_as_too_fast(slow_classroom, portrait, jump):
    session = slow_classroom.start()
    source = slow_classroom.join(session)
    assert slow_classroom.send(session, source, 1, portrait).status_code == 200
    slow_classroom.app.state.service.ingest.pace._clock = lambda: 1_780_000_001.0
    slow_classroom.clock.now += jump
    assert slow_classroom.send(session, source, 2, portrait).status_code == 200
    assert slow_classroom.end(session).status_code == 200


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
def test_a_session_over_which_the_clock_jumped_can_end_and_be_reported(
    classroom, session, all_send, jump
):
    all_send(1)
    classroom.clock.now += jump
    all_send(2)
    assert classroom.end(session).status_code == 200
    report = classroom.client.get(
        f"/api/v1/sessions/{session['session_id']}/report", headers=classroom.teacher
    )
    assert report.status_code == 200, report.text
    assert not classroom.rows(open_tally)
    assert sum(row.frames for row in classroom.rows(tally)) == 12
