from datetime import timedelta

from dashboard.answers import compare_answers, describe_answers, say_answer, say_now
from dashboard.views.said import said_panel
from server.schemas import SelfReportAnswer
from tests.dashboard.points import NOON, mood, point, report


def lesson(now, series=(), **session):
    told = mood(point(300, visible=0), [], camera=False, **session)
    return told.model_copy(update={"self_report_now": now, "self_reports": list(series)})


def test_the_most_given_answer_is_told_in_numbers():
    assert say_now(report(0, following=11, lost=7)) == "11 of 18 who answered follow."
    assert say_answer(SelfReportAnswer.LOST, report(0, following=9, lost=1)) == (
        "1 of 10 who answered is lost."
    )


def test_too_few_answers_say_how_many_there_are():
    assert say_now(report(0, following=3)) == "Not enough answers to say: 3 of the 5 needed."
    assert say_now(report(0)) == "Nobody has answered just now."


def test_a_lesson_without_cameras_is_described_by_what_students_say():
    said = describe_answers(lesson(report(300, lost=16, following=2), [report(0, following=18)]))
    assert str(said) == (
        "16 of 18 who answered are lost. Fewer say “I follow” than five minutes ago, beyond noise."
    )
    assert said.emotion is None


def test_before_anybody_said_anything_the_teacher_is_told_what_to_do():
    assert "Give your students the join code." in str(describe_answers(lesson(report(0))))


def test_a_difference_within_the_intervals_is_said_to_be_noise():
    now, before = report(300, following=10, lost=8), report(0, following=12, lost=6)
    assert compare_answers(now, before).endswith(", but within noise.")
    assert compare_answers(now, report(0, following=3)) == ""


def test_an_ended_lesson_is_told_as_a_whole():
    told = lesson(None, [report(0, following=9, lost=1), report(30, following=6, lost=4)],
                  ended_at=NOON + timedelta(minutes=9))  # fmt: skip
    assert str(describe_answers(told)) == "Over the lesson 75 % of the answers were “I follow”."


def test_the_panel_has_all_answers_and_nothing_where_nobody_is_asked():
    said = str(said_panel(lesson(report(0, following=11, lost=7))))
    for words in ("I follow", "I’m lost", "too fast", "bored", "11 of 18 who answered follow."):
        assert words in said
    assert "–" in str(said_panel(lesson(report(0, following=3))))
    assert said_panel(lesson(None, self_report=False)) == []
