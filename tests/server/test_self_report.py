from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from server.schemas import SelfReportAnswer
from server.self_report import CountedAnswers, count_answers, tell_now, tell_series

FOLLOWING, LOST, TOO_FAST, BORED = SelfReportAnswer


def said(start, *, following=0, lost=0):
    return CountedAnswers(start, Counter({FOLLOWING: following, LOST: lost}))


def test_shares_have_wilsons_interval():
    (point,) = tell_series([said(0, following=9, lost=3)], seconds=30)
    meant = stats.binomtest(3, 12).proportion_ci(method="wilson")
    told = point.shares[LOST]
    assert (told.share, told.low, told.high) == pytest.approx(
        (0.25, meant.low, meant.high), abs=1e-5
    )
    assert (point.said, point.counts[FOLLOWING], point.counts[BORED]) == (12, 9, 0)


def test_below_five_it_is_told_how_many_spoke_but_not_what():
    (point,) = tell_series([said(0, lost=4)], seconds=30)
    assert (point.said, point.counts, point.shares, point.enough) == (4, None, None, False)


def test_a_bucket_of_few_cannot_be_had_from_a_longer_one_by_subtraction():
    crowd, few = said(0, following=8), said(30, lost=4)
    (told,) = tell_series([crowd], seconds=60)
    (both,) = tell_series([crowd, few], seconds=60)
    assert (both.counts, both.shares, both.said) == (told.counts, told.shares, 12)


def test_a_longer_bucket_adds_up_and_is_no_surer_than_its_students():
    (once,) = tell_series([said(0, following=6, lost=6)], seconds=30)
    (often,) = tell_series([said(30 * k, following=6, lost=6) for k in range(10)], seconds=300)
    assert (often.said, often.counts[LOST]) == (120, 60)
    assert often.shares == once.shares


def test_a_bucket_counted_twice_is_told_by_the_fuller_count():
    (point,) = tell_series(
        [said(0, following=3), said(0, following=6), said(0, lost=5)], seconds=30
    )
    assert (point.said, point.counts[FOLLOWING], point.counts[LOST]) == (6, 6, 0)


def test_now_takes_each_students_latest_answer_once():
    by_source = [{0: FOLLOWING, 30: LOST} for _ in range(5)] + [{0: FOLLOWING} for _ in range(6)]
    now = tell_now(by_source, [], start=0)
    assert (now.seconds, now.said) == (60, 11)
    assert (now.counts[FOLLOWING], now.counts[LOST]) == (6, 5)


def counts_of(by_source, *starts):
    return Counter(own[max(own.keys() & starts)] for own in by_source if own.keys() & {*starts})


@given(
    st.lists(
        st.dictionaries(st.sampled_from([0, 30]), st.sampled_from(list(SelfReportAnswer))),
        max_size=24,
    )
)
def test_now_and_its_two_buckets_give_nobody_away_by_subtraction(by_source):
    """Of three told together, the students in which two differ are none or enough."""
    now = tell_now(by_source, [], start=0)
    earlier, later = ([own for own in by_source if start in own] for start in (0, 30))
    if len(earlier) < 5 or len(later) < 5:
        return
    carried = sum(now.counts.values()) - len(later)
    assert carried == 0 or carried >= 5
    assert not 0 < len(earlier) - carried < 5
    expected = counts_of(by_source, 0, 30) if carried else counts_of(by_source, 30)
    assert Counter({k: v for k, v in now.counts.items() if v}) == expected


def test_now_says_nothing_of_the_first_few_answers_of_a_bucket():
    before = [{0: FOLLOWING} for _ in range(8)]
    changed = [{0: FOLLOWING, 30: LOST} for _ in range(4)] + before[4:]
    assert tell_now(changed, [], start=0) == tell_now(before, [], start=0)
    newcomers = [*before, {30: LOST}]
    now = tell_now(newcomers, [], start=0)
    assert (now.said, sum(now.counts.values()), now.counts[LOST]) == (9, 8, 0)


def test_five_of_whom_no_bucket_has_five_are_not_told():
    now = tell_now([{0: LOST}] * 3 + [{30: LOST}] * 3, [], start=0)
    assert (now.said, now.counts, now.enough) == (6, None, False)


def test_after_the_end_the_fullest_folded_bucket_is_what_was_said_last():
    now = tell_now([], [said(0, following=9), said(30, lost=6)], start=0)
    assert (now.said, now.counts[FOLLOWING], now.counts[LOST]) == (9, 9, 0)
    assert tell_now([], [], start=0).said == 0


@given(st.lists(st.dictionaries(st.sampled_from([0, 30]), st.sampled_from(list(SelfReportAnswer)))))
def test_whatever_is_said_now_the_numbers_hang_together(by_source):
    now = tell_now(by_source, [], start=0)
    assert now.said == len([own for own in by_source if own])
    assert now.enough == any(bucket.said >= 5 for bucket in count_answers(by_source))
    if now.enough:
        assert 5 <= sum(now.counts.values()) <= now.said
        assert sum(share.share for share in now.shares.values()) == pytest.approx(1, abs=1e-5)
        assert all(s.low <= s.share <= s.high for s in now.shares.values())
