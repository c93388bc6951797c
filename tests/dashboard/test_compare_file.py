"""A comparison as CSV, and what must not become a formula in it."""

import csv
import io

import numpy as np

from dashboard.compare_file import HEADS, write_csv
from server.comparison.assembly import compare
from server.comparison.lesson import Lesson
from tests.server.comparison.test_alignment import even, report, segment


def read(title="Cells", aligned_by="time"):
    made = [report(series=even(30, 45), segments=[segment("=1+1", 0, 60)]) for _ in range(2)]
    named = [
        one.model_copy(update={"session": one.session.model_copy(update={"title": title})})
        for one in made
    ]
    told = compare([Lesson.of(one) for one in named], course=None, aligned_by=aligned_by)
    return told, list(csv.DictReader(io.StringIO(write_csv(told))))


def test_each_lesson_and_emotion_is_a_row_with_all_its_numbers():
    told, rows = read()
    assert len(rows) == 2 * 7
    assert tuple(rows[0]) == HEADS
    difference = told.sessions[0].against_rest["happy"]
    row = next(each for each in rows if each["emotion"] == "happy")
    assert np.allclose([float(row["low"]), float(row["high"])], [difference.low, difference.high])
    assert row["segment"] == ""


def test_segments_have_rows_of_their_own():
    rows = read(aligned_by="segment")[1]
    assert {row["segment"] for row in rows} == {"", "'=1+1"}


def test_no_title_becomes_a_formula():
    for title in ("=HYPERLINK(1)", "+1", "-1", "@x"):
        assert {row["title"] for row in read(title)[1]} == {f"'{title}"}
    assert {row["title"] for row in read('a,b "c"\nd')[1]} == {'a,b "c"\nd'}
