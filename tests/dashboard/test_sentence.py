from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.sentence import compare_shares, describe_mood, find_dominant, is_beyond_noise
from model.emotions import Emotion
from server.languages import speaking
from server.schemas import Share
from tests.dashboard.points import NOON, mood, point, share, shares

MINUTES_5 = 300


def say(now, series, **changes):
    return str(describe_mood(mood(now, series, **changes)))


def test_a_young_session_is_described_without_a_comparison():
    assert say(point(60), [point(55)]) == "Mostly neutral."


def test_enough_students_but_never_at_once_are_not_called_too_few():
    now = point(60, visible=6).model_copy(update={"shares": None, "enough": False})
    assert say(now, []) == "Not enough faces at the same time to say."


def test_when_nobody_sends_it_says_so():
    assert say(point(60, visible=0), [point(0)]) == "Nobody is sending pictures just now."


def test_a_change_is_beyond_noise_when_the_intervals_do_not_touch():
    now = point(MINUTES_5, shares(neutral=0.55, surprise=0.3), seconds=10)
    before = point(0, shares(neutral=0.58, surprise=0.1))
    assert say(now, [before]) == (
        "Mostly neutral. More surprise than five minutes ago, beyond noise."
    )


def test_the_same_change_with_wide_intervals_is_not_claimed():
    now = point(MINUTES_5, shares(neutral=0.55, surprise=0.3, reach=0.2), seconds=10)
    before = point(0, shares(neutral=0.58, surprise=0.1, reach=0.2))
    assert say(now, [before]) == (
        "Mostly neutral. More surprise than five minutes ago, but within noise."
    )


def test_what_the_eye_can_not_see_is_no_change():
    now = point(MINUTES_5, shares(neutral=0.55, surprise=0.12), seconds=10)
    before = point(0, shares(neutral=0.57, surprise=0.1))
    assert say(now, [before]) == "Mostly neutral. No change from five minutes ago beyond noise."


def test_a_change_of_a_point_or_two_is_not_worth_a_word():
    now = point(MINUTES_5, shares(neutral=0.7, surprise=0.06, reach=0.004), seconds=10)
    before = point(0, shares(neutral=0.7, surprise=0.04, reach=0.004))
    assert "No change" in say(now, [before])


def test_a_falling_share_of_something_countable_is_said_as_fewer():
    now = point(MINUTES_5, shares(neutral=0.7, happy=0.05), seconds=10)
    before = point(0, shares(neutral=0.68, happy=0.25))
    assert "Fewer happy expressions than five minutes ago" in say(now, [before])


def test_what_left_neutral_is_named_rather_than_neutral_itself():
    now = point(MINUTES_5, shares(neutral=0.2, sad=0.6), seconds=10)
    before = point(0, shares(neutral=0.8, sad=0.05))
    assert (
        say(now, [before])
        == "Mostly sad. More sad expressions than five minutes ago, beyond noise."
    )


def test_below_five_faces_nothing_is_said_about_emotions():
    assert say(point(60, visible=3), []) == "Not enough faces to say: 3 visible, 5 needed."


def test_nothing_is_compared_with_five_minutes_that_had_too_few_faces():
    now = point(MINUTES_5, shares(neutral=0.6), seconds=10)
    assert say(now, [point(0, visible=2)]) == "Mostly neutral."


def test_a_bucket_far_from_five_minutes_ago_is_not_called_so():
    now = point(MINUTES_5, shares(neutral=0.6), seconds=10)
    assert say(now, [point(60)]) == "Mostly neutral."


def test_a_session_without_frames_tells_the_teacher_what_to_do():
    assert say(point(5, visible=0), [], frames=0) == (
        "No pictures yet. Give your students the join code."
    )


def test_no_majority_is_called_mixed():
    clear = point(5, shares(happy=0.45, neutral=0.2))
    close = point(5, shares(happy=0.4, neutral=0.38))
    assert say(clear, []) == "Mixed, happy most of all."
    assert say(close, []) == "Mixed: happy and neutral."


def test_an_ended_session_is_described_as_a_whole():
    series = [point(0, shares(neutral=0.9)), point(5, shares(neutral=0.7)), point(10, visible=1)]
    ended = NOON + timedelta(minutes=45)
    assert say(series[-1], series, ended_at=ended) == "The lesson looked mostly neutral."


def test_an_ended_session_that_never_had_enough_faces_says_so():
    said = say(point(0, visible=1), [point(0, visible=1)], ended_at=NOON)
    assert said == "Never enough faces to say: 5 are needed at once."


def test_intervals_that_touch_are_within_noise():
    assert not is_beyond_noise(
        Share(share=0.2, low=0.1, high=0.3), Share(share=0.4, low=0.3, high=0.5)
    )


@st.composite
def any_shares(draw):
    raw = [draw(st.floats(0.001, 1)) for _ in Emotion]
    reach = draw(st.floats(0, 0.5))
    return {e: share(value / sum(raw), reach) for e, value in zip(Emotion, raw, strict=True)}


@given(any_shares(), any_shares())
def test_a_claim_is_made_exactly_when_some_interval_lies_apart(now, before):
    apart = any(
        is_beyond_noise(now[e], before[e]) and abs(now[e].share - before[e].share) >= 0.03
        for e in Emotion
    )
    assert (", beyond noise." in compare_shares([now], [before])) is apart


@given(any_shares())
def test_the_same_mood_twice_is_never_a_change(told):
    assert compare_shares([told], [told]) == "No change from five minutes ago beyond noise."


@given(any_shares())
def test_the_dominant_emotion_has_the_largest_share(told):
    assert told[find_dominant(told)].share == max(s.share for s in told.values())


@pytest.mark.parametrize("word", ["feel", "attention", "understand", "bored", "engaged"])
@given(any_shares(), any_shares())
def test_no_sentence_speaks_of_feelings_or_attention(word, now, before):
    said = describe_mood(mood(point(MINUTES_5, now, seconds=10), [point(0, before)]))
    assert word not in str(said).lower()


def test_a_change_must_be_beyond_noise_in_every_kind_of_shares():
    calm, lively = shares(neutral=0.7), shares(neutral=0.3, happy=0.5)
    assert ", beyond noise." in compare_shares([lively, lively], [calm, calm])
    assert ", beyond noise." not in compare_shares([lively, calm], [calm, calm])


def test_sentences_are_whole_in_another_language():
    with speaking("de"):
        said = str(describe_mood(mood(point(5, shares(neutral=0.8)), [])))
    assert "{" not in said
    assert said


def test_the_mark_has_the_dominant_emotion():
    assert describe_mood(mood(point(5, shares(happy=0.8)), [])).emotion is Emotion.HAPPY
