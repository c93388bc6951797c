import pytest

from dashboard.correction import describe_shown, is_corrected, say_corrected, show_corrected
from dashboard.views.now import now_panel
from model.emotions import Emotion
from server.schemas import EstimatedShare
from tests.dashboard.points import mood, point, shares


def corrected(second=0, *, plain=None, reach=0.05, **told):
    estimated = {
        emotion: EstimatedShare(**share.model_dump())
        for emotion, share in shares(reach=reach, **told).items()
    }
    return point(second, plain).model_copy(update={"estimated_shares": estimated})


def test_the_shares_shown_are_the_corrected_ones():
    now = corrected(5, angry=0.8)
    shown = show_corrected(mood(now, [now]))
    assert shown.now.shares[Emotion.ANGRY].share == 0.8
    assert shown.series[0].shares[Emotion.ANGRY].share == 0.8
    assert "Mostly angry" in describe_shown(mood(now, [now])).now


def test_no_interval_shown_is_narrower_than_the_differences_between_students():
    now = corrected(5, plain=shares(reach=0.12, neutral=0.6), reach=0.02, neutral=0.7)
    told = show_corrected(mood(now, [now])).now.shares[Emotion.NEUTRAL]
    assert (told.low, told.share, told.high) == pytest.approx((0.58, 0.7, 0.82))
    unsure = corrected(5, plain=shares(reach=0.02, neutral=0.6), reach=0.4, neutral=0.7)
    told = show_corrected(mood(unsure, [unsure])).now.shares[Emotion.NEUTRAL]
    assert (told.low, told.high) == pytest.approx((0.3, 1.0))


def test_a_lesson_is_shown_in_one_kind_of_shares():
    half = mood(corrected(5, angry=0.8), [point(0), corrected(5, angry=0.8)])
    assert not is_corrected(half)
    assert show_corrected(half) == half


def test_what_is_withheld_is_no_hindrance():
    assert is_corrected(mood(corrected(5, angry=0.8), [point(0, visible=3)]))
    assert not is_corrected(mood(point(5, visible=3), []))


def test_a_change_is_beyond_noise_only_if_it_is_among_students_too():
    before = corrected(0, plain=shares(neutral=0.7), neutral=0.7)
    calm = corrected(300, plain=shares(neutral=0.68), happy=0.9)
    lively = corrected(300, plain=shares(happy=0.8), happy=0.9)
    assert "within noise" in describe_shown(mood(calm, [before])).change
    assert ", beyond noise" in describe_shown(mood(lively, [before])).change


def test_the_page_says_that_shares_are_corrected_and_keeps_the_counts_beside():
    now = corrected(5, angry=0.8)
    said = str(now_panel(show_corrected(mood(now, [now])), corrected=True))
    assert say_corrected() in said
    assert "Faces" in said
    assert say_corrected() not in str(now_panel(mood(now, [now])))
