"""Medians, ratios and faces that fit."""

import pytest

from bench.peers.conversation import Answer
from bench.peers.figures import Round, Subject, compare, count_matches, sum_up

SUBJECT = Subject("a", 640, 360, [[10, 10, 20, 20]])


def answer(ms: float, boxes=((12, 12, 20, 20),)) -> Answer:
    return Answer(ms / 1e3, ms / 2e3, [list(box) for box in boxes])


def rounds(*told: tuple[float, float, float]) -> list[Round]:
    return [Round(*map(answer, one)) for one in told]


def test_a_row_tells_medians_and_faces():
    row = sum_up("fer", "1", SUBJECT, [answer(30), answer(10), answer(20)])
    assert (row.ms, row.cpu_ms, row.rounds) == pytest.approx((20, 10, 3))
    assert (row.faces_found, row.faces_there, row.faces_matched) == (1, 1, 1)
    assert row.ratio is None


def test_a_steady_stream_tells_means_because_some_frames_are_looked_at_whole():
    assert sum_up("us", "1", SUBJECT, [answer(10), answer(10), answer(40)], steady=True).ms == 20


def test_ratios_are_of_the_same_round_and_tell_their_middle_half():
    # The machine was three times as slow in the last round, for both.
    row = compare(
        "fer", "1", SUBJECT, rounds((100, 10, 5), (110, 10, 5), (90, 10, 5), (300, 30, 15))
    )
    assert row.ratio == pytest.approx(10)
    assert (row.ratio_low, row.ratio_high) == pytest.approx((9.75, 10.25))
    assert row.ms == pytest.approx(105)
    assert row.steady_ratio == pytest.approx(105 / 7.5)
    assert row.cpu_ratio == pytest.approx(10.5)


def test_where_nobody_knows_the_faces_none_are_told_as_there():
    row = sum_up("fer", "1", Subject("a", 640, 360, None), [answer(1)])
    assert (row.faces_found, row.faces_there, row.faces_matched) == (1, None, None)


def test_nothing_measured_is_no_row():
    with pytest.raises(ValueError, match="nothing"):
        sum_up("fer", "1", SUBJECT, [])


TRUTH = [[0, 0, 10, 10], [100, 0, 10, 10]]


@pytest.mark.parametrize(
    ("found", "matches"),
    [
        ([], 0),
        ([[0, 0, 10, 10], [100, 0, 10, 10]], 2),
        ([[-4, -4, 18, 18]], 1),  # a whole head around the same middle
        ([[0, 0, 10, 10], [1, 1, 10, 10]], 1),  # the same face twice
        ([[-500, -500, 1110, 1010]], 0),  # one box around everybody
        ([[6, 0, 10, 10]], 0),  # beside it
        ([[50, 50, 10, 10]], 0),
        ([[3, 0, 10, 10], [-3, 0, 10, 10], [98, 2, 10, 10]], 2),
    ],
)
def test_a_found_face_fits_a_true_one_by_their_middles(found, matches):
    assert count_matches(found, TRUTH) == matches


def test_each_found_face_is_used_once_and_as_many_fit_as_can():
    # The first found one fits both, the second only the left one.
    assert count_matches([[4, 0, 10, 10], [0, 0, 10, 10]], [[0, 0, 10, 10], [8, 0, 10, 10]]) == 2


def test_no_true_faces_no_matches():
    assert count_matches([[0, 0, 1, 1]], []) == 0
