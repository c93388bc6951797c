"""What the mood tells beside emotions, asked over HTTP as the dashboard asks."""

import pytest

from tests.server.crowds import fill_a_bucket, leave, say

HAPPY = {"happy": 1}


def test_the_mood_tells_who_is_present_turned_and_engaged(classroom):
    session = classroom.start(simulated=True)
    sources = fill_a_bucket(classroom, session, [HAPPY] * 6)
    classroom.join(session)
    (point,) = classroom.mood(session)["series"]
    assert (point["present"], point["visible"]) == (7, 6)
    assert point["coverage"] == pytest.approx(6 / 7)
    assert point["turned"]["share"] == 1
    assert point["engagement"]["engagement"] == pytest.approx(0.7 * 6 / 7 + 0.3, abs=1e-5)
    classroom.clock.now += 2
    fill_a_bucket(classroom, session, [HAPPY] * 6, turned=0, sources=sources)
    now = classroom.mood(session)["now"]
    assert now["turned"]["share"] == 0.5
    assert now["turned"]["low"] < 0.5 < now["turned"]["high"]


def test_whoever_leaves_is_present_until_then_and_no_longer_visible(classroom):
    session = classroom.start(simulated=True)
    sources = fill_a_bucket(classroom, session, [HAPPY] * 7)
    classroom.clock.now += 5
    fill_a_bucket(classroom, session, [HAPPY] * 7, sources=sources)
    assert leave(classroom, session, sources[0]).status_code == 200
    mood = classroom.mood(session)
    assert [point["present"] for point in mood["series"]] == [7, 6]
    assert [point["visible"] for point in mood["series"]] == [6, 6]
    assert (mood["now"]["present"], mood["session"]["present"]) == (7, 6)
    assert mood["session"]["joined"] == 7


def test_a_window_alone_has_no_coverage_unless_students_are_expected(classroom):
    for expected, coverage in ((None, None), (12, 0.5)):
        session = classroom.start(simulated=True, expected_students=expected)
        answer = classroom.client.post(
            f"/api/v1/sessions/{session['session_id']}/readings",
            json={"faces": [HAPPY] * 6},
            headers={**classroom.teacher, "Frame-Seq": "1"},
        )
        assert answer.status_code == 200
        classroom.join(session)
        now = classroom.mood(session)["now"]
        assert (now["visible"], now["present"], now["coverage"]) == (6, 1, coverage)


def test_below_five_it_is_not_told_where_faces_turn(classroom):
    session = classroom.start(simulated=True)
    fill_a_bucket(classroom, session, [HAPPY] * 4)
    now = classroom.mood(session)["now"]
    assert (now["visible"], now["turned"], now["engagement"]) == (4, None, None)


def test_what_students_say_is_told_now_and_over_time(classroom):
    session = classroom.start()
    sources = [classroom.join(session) for _ in range(10)]
    for source in sources:
        assert say(classroom, session, source, "following").status_code == 200
    classroom.clock.now += 30
    for source in sources[:5]:
        say(classroom, session, source, "lost")
    mood = classroom.mood(session)
    assert [point["said"] for point in mood["self_reports"]] == [10, 5]
    assert mood["self_report_now"]["counts"] == {
        "following": 5, "lost": 5, "too_fast": 0, "bored": 0
    }  # fmt: skip
    (minute,) = classroom.mood(session, bucket_s=3600)["self_reports"]
    assert (minute["seconds"], minute["said"], minute["counts"]["following"]) == (3600, 15, 10)
    since = mood["self_reports"][1]["start"]
    assert classroom.mood(session, since=since)["self_reports"] == mood["self_reports"][1:]


def test_who_said_nothing_in_the_later_bucket_cannot_be_had_by_subtraction(classroom):
    session = classroom.start()
    *others, one = [classroom.join(session) for _ in range(6)]
    for source in others:
        say(classroom, session, source, "following")
    say(classroom, session, one, "lost")
    classroom.clock.now += 30
    for source in others:
        say(classroom, session, source, "following")
    mood = classroom.mood(session)
    assert mood["self_report_now"]["said"] == 6
    assert mood["self_report_now"]["counts"] == mood["self_reports"][1]["counts"]


def test_what_students_said_last_is_told_after_the_end(classroom):
    session = classroom.start()
    for source in [classroom.join(session) for _ in range(6)]:
        say(classroom, session, source, "too_fast")
    before = classroom.mood(session)
    classroom.client.post(
        f"/api/v1/sessions/{session['session_id']}/end", headers=classroom.teacher
    )
    classroom.clock.now += 600
    after = classroom.mood(session)
    assert after["self_report_now"] == before["self_report_now"]
    assert after["self_reports"] == before["self_reports"]
    assert after["self_report_now"]["shares"]["too_fast"]["share"] == 1


def test_few_answers_are_counted_but_not_told(classroom):
    session = classroom.start(camera=False)
    for source in [classroom.join(session) for _ in range(4)]:
        say(classroom, session, source, "bored")
    mood = classroom.mood(session)
    told = mood["self_report_now"]
    assert (told["said"], told["counts"], told["shares"], told["enough"]) == (4, None, None, False)
    assert mood["self_reports"][0]["counts"] is None
    assert mood["series"] == []


def test_a_session_that_does_not_ask_is_told_no_self_report(classroom):
    mood = classroom.mood(classroom.start(self_report=False))
    assert (mood["self_report_now"], mood["self_reports"]) == (None, [])
    asking = classroom.mood(classroom.start())
    assert asking["self_report_now"]["said"] == 0


def test_a_bucket_is_long_enough_for_every_students_frame(classroom):
    """Else half of those who send every 10 s would be missing from a bucket of 5 s."""
    asked = [{}, {"send_seconds": 10}, {"send_seconds": 10, "bucket_seconds": 30}]
    told = [classroom.start(**each)["bucket_seconds"] for each in asked]
    assert told == [5, 12, 30]
    assert classroom.start(send_seconds=60, bucket_seconds=1)["bucket_seconds"] == 72
    session = classroom.start(simulated=True, send_seconds=10)
    sources = [classroom.join(session) for _ in range(10)]
    for _ in range(40):
        classroom.clock.now += 1
        second = int(classroom.clock.now) % 10
        fill_a_bucket(classroom, session, [HAPPY], sources=sources[second : second + 1])
    over = [point["visible"] for point in classroom.mood(session)["series"][1:-1]]
    assert over == [10] * len(over) != []
    assert classroom.mood(session)["now"]["visible"] == 10
