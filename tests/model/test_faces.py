import tracemalloc

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from model.faces import Faces, join_faces, overlap, suppress_overlaps


def faces(boxes: list[list[float]], scores: list[float]) -> Faces:
    n = len(boxes)
    return Faces(
        np.array(boxes, np.float32).reshape(n, 4),
        np.zeros((n, 5, 2), np.float32),
        np.array(scores, np.float32),
    )


def test_overlap_is_shared_area_over_joined_area():
    one = np.array([[0, 0, 10, 10]], np.float32)
    others = np.array([[0, 0, 10, 10], [5, 0, 10, 10], [20, 20, 5, 5]], np.float32)
    assert np.allclose(overlap(one, others), [[1, 1 / 3, 0]])


def test_the_best_of_overlapping_faces_stays():
    found = faces([[0, 0, 10, 10], [1, 0, 10, 10], [30, 0, 10, 10]], [0.9, 0.8, 0.7])
    assert suppress_overlaps(found, 0.3).scores.tolist() == np.float32([0.9, 0.7]).tolist()


def test_a_suppressed_face_suppresses_nobody():
    chain = faces([[0, 0, 10, 10], [5, 0, 10, 10], [10, 0, 10, 10]], [0.9, 0.8, 0.7])
    assert len(suppress_overlaps(chain, 0.3)) == 2


def test_only_the_best_are_kept_when_there_are_too_many():
    found = faces([[20 * i, 0, 10, 10] for i in range(9)], [0.9 - i / 20 for i in range(9)])
    assert suppress_overlaps(found, 0.3, most=4).boxes[:, 0].tolist() == [0, 20, 40, 60]


def test_ten_thousand_boxes_take_little_memory():
    found = faces([[i % 100, i // 100, 40, 40] for i in range(10_000)], [0.5] * 10_000)
    tracemalloc.start()
    suppress_overlaps(found, 0.3, most=300)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000  # all pairs would take gigabytes


def test_joined_findings_are_best_first():
    joined = join_faces([faces([[0, 0, 1, 1]], [0.5]), Faces.none(), faces([[9, 9, 1, 1]], [0.8])])
    assert joined.boxes[:, 0].tolist() == [9, 0]


@given(st.lists(st.tuples(*[st.floats(1, 100)] * 4), min_size=1, max_size=12))
def test_no_two_kept_faces_overlap_more_than_the_limit(boxes):
    found = faces(
        [list(box) for box in boxes], sorted(np.linspace(0.4, 1, len(boxes)), reverse=True)
    )
    kept = suppress_overlaps(found, 0.3)
    pairs = overlap(kept.boxes, kept.boxes)
    assert (pairs[~np.eye(len(kept), dtype=bool)] <= 0.3 + 1e-6).all()
