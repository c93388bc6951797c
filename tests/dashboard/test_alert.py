"""What the quiet alert tells, and above all what it keeps quiet about."""

from datetime import UTC, timedelta

import pytest

from dashboard.alert import find_changes
from dashboard.viewer import Viewer
from dashboard.views.alert import alert_box, say_changes
from model.emotions import Emotion
from server.schemas import EstimatedShare, SelfReportAnswer
from tests.dashboard.points import NOON, mood, point, report, shares
from tests.dashboard.steady_class import Step, count_alerts, find_delay, make_class, watch

CALM = shares(neutral=0.7, surprise=0.05)
LIVELY = shares(neutral=0.45, surprise=0.3)
LENGTH = 420


def changes(told, *, visible=lambda _: 24, points=10, skip=(), **session):
    """What is told at the end of seven minutes in which `told(second)` was seen."""
    series = [point(s, told(s), visible=visible(s)) for s in range(0, LENGTH, 5) if s not in skip]
    now = point(LENGTH, told(LENGTH), visible=visible(LENGTH))
    return find_changes(mood(now, series, **session), points)


def stepping(second, after=LIVELY):
    return lambda s: after if s >= second else CALM


def names(found):
    return {change.name for change in found}


def test_what_changed_half_a_minute_ago_is_told_with_its_direction_and_since_when():
    found = changes(stepping(LENGTH - 40))
    assert names(found) >= {"surprise+", "neutral-"}
    [surprise] = [c for c in found if c.what == "surprise"]
    assert surprise.since == NOON + timedelta(seconds=LENGTH - 40)
    assert surprise.size == pytest.approx(0.25)


def test_what_changed_less_than_half_a_minute_ago_is_not_told_yet():
    assert changes(stepping(LENGTH - 25)) == []


def test_nothing_is_told_of_a_class_that_does_not_change():
    assert changes(lambda _: CALM) == []


def test_one_odd_bucket_is_no_change_and_breaks_one_off():
    assert changes(lambda s: LIVELY if s == LENGTH - 20 else CALM) == []
    assert changes(lambda s: CALM if s == LENGTH - 20 else stepping(LENGTH - 40)(s)) == []


def test_a_change_within_the_intervals_is_noise():
    def wide(s):
        return shares(neutral=0.5, surprise=0.3 if s >= LENGTH - 60 else 0.1, reach=0.15)

    assert changes(wide) == []


def test_the_teacher_says_how_large_a_change_must_be():
    after = shares(neutral=0.6, surprise=0.2)
    assert "surprise+" in names(changes(stepping(LENGTH - 60, after), points=14))
    assert changes(stepping(LENGTH - 60, after), points=16) == []


def test_missing_buckets_are_no_change():
    told = stepping(LENGTH - 40)
    assert changes(told, skip={LENGTH - 20}) == []
    assert changes(told, skip=range(LENGTH - 40, LENGTH)) == []


def test_nothing_is_compared_with_less_than_three_minutes():
    assert changes(stepping(LENGTH - 40), skip=range(220)) == []


def test_one_student_of_a_few_makes_no_change():
    one_of_six = shares(neutral=0.7 - 1 / 6, surprise=0.05 + 1 / 6, reach=0.001)
    calm = shares(neutral=0.7, surprise=0.05, reach=0.001)
    told = lambda s: one_of_six if s >= LENGTH - 60 else calm  # noqa: E731
    assert changes(told, visible=lambda _: 6) == []
    assert "surprise+" in names(changes(told, visible=lambda _: 24))


def test_below_five_visible_nothing_is_told_of_expressions():
    few = changes(stepping(LENGTH - 60), visible=lambda s: 4 if s >= LENGTH - 60 else 24)
    assert names(few) == {"coverage-"}


def test_coverage_that_falls_is_told_and_one_student_less_is_not():
    fallen = changes(lambda _: CALM, visible=lambda s: 12 if s >= LENGTH - 60 else 27)
    assert names(fallen) == {"coverage-"}
    assert changes(lambda _: CALM, visible=lambda s: 25 if s >= LENGTH - 60 else 27) == []


def test_corrected_shares_must_agree_with_the_plain_ones():
    def both(s):
        plain = point(s, stepping(LENGTH - 60)(s))
        same = {e: EstimatedShare(**v.model_dump()) for e, v in CALM.items()}
        return plain.model_copy(update={"estimated_shares": same})

    series = [both(s) for s in range(0, LENGTH, 5)]
    found = find_changes(mood(both(LENGTH), series), 10)
    assert not names(found) & {f"{e}{sign}" for e in Emotion for sign in "+-"}


def test_answers_that_change_for_more_than_one_bucket_are_told():
    def at(second):
        lost = 14 if second >= LENGTH - 60 else 2
        return report(second, following=18 - lost, lost=lost)

    now = point(LENGTH, CALM)
    series = [point(s, CALM) for s in range(0, LENGTH, 5)]
    lesson = mood(now, series).model_copy(
        update={"self_reports": [at(s) for s in range(0, LENGTH, 30)]}
    )
    assert {"lost+", "following-"} <= names(find_changes(lesson, 10))
    last_only = [at(s if s >= LENGTH - 30 else 0) for s in range(0, LENGTH, 30)]
    moved = [r.model_copy(update={"start": NOON + timedelta(seconds=30 * n)})
             for n, r in enumerate(last_only)]  # fmt: skip
    assert find_changes(lesson.model_copy(update={"self_reports": moved}), 10) == []


def test_an_ended_lesson_raises_no_alert():
    ended = NOON + timedelta(seconds=LENGTH)
    assert changes(stepping(LENGTH - 60), ended_at=ended) == []


def test_old_news_without_data_are_kept_quiet():
    series = [point(s, stepping(LENGTH - 60)(s)) for s in range(0, LENGTH, 5)]
    later = mood(point(LENGTH + 60, visible=0), series)
    assert find_changes(later, 10) == []


def test_the_box_says_it_in_one_sentence_with_the_viewers_time_and_what_was_seen():
    found = changes(stepping(LENGTH - 60), visible=lambda s: 12 if s >= LENGTH - 60 else 27)
    viewer = Viewer("token", UTC)
    assert say_changes(found, viewer).startswith("Surprise up, coverage down")
    assert "since 12:06 UTC, beyond noise." in say_changes(found, viewer)
    [box] = alert_box(found, viewer)
    assert "coverage-" in box.to_plotly_json()["props"]["data-changes"].split()
    assert alert_box([], viewer) == []


def test_every_change_has_its_words():
    viewer = Viewer("token", UTC)
    found = changes(stepping(LENGTH - 60))
    for what in [*Emotion, *SelfReportAnswer, "coverage", "engagement"]:
        change = type(found[0])(str(what), up=True, since=NOON, size=0.2)
        assert say_changes([change], viewer).endswith(" up since 12:00 UTC, beyond noise.")


@pytest.mark.parametrize(("students", "minutes"), [(8, 60), (30, 120)])
def test_pure_noise_alerts_less_than_once_in_two_hours(students, minutes):
    made = make_class(students=students, minutes=minutes, seed=students)
    assert count_alerts(watch(*made, students=students)) == []


@pytest.mark.parametrize("seed", range(3))
def test_a_real_step_is_found_within_45_seconds(seed):
    step = Step(400.0, {Emotion.SURPRISE: 2.0}, visible=0.4)
    made = make_class(students=30, minutes=9, seed=seed, step=step)
    for what in ("surprise", "coverage"):
        delay = find_delay(watch(*made, students=30), what, NOON + timedelta(seconds=400))
        assert delay is not None
        assert delay <= 45
