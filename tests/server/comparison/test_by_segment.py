"""Lessons laid by the titles they share, through the whole server."""

from tests.server.comparison.test_comparison import (
    HAPPY,
    MIX,
    SLIDES,
    ask,
    faces,
    keys,
    lesson,
    told,
)

__all__ = ["ask", "faces", "lesson"]


def test_the_lesson_that_differs_under_a_title_is_named_with_it(lesson, ask):
    for number in range(8):
        changed = [(10, HAPPY)] if number == 3 else []
        mix = MIX if number != 3 else MIX[[3, 1, 2, 0, 4, 5, 6]]  # few happy before, many after
        lesson(f"Lesson {number}", slides=SLIDES, mix=mix, pieces=changed)
    comparison = told(ask(course="Biology 9b", aligned_by="segment"))
    assert comparison.segment_titles == ["Introduction", "Osmosis"]
    own = comparison.sessions[3].segments
    assert [each.title for each in own] == ["Introduction", "Osmosis"]
    assert own[1].against_rest["happy"].low > 0
    first = next(s for s in comparison.statements if s.key == "segment_more")
    assert (first.figures["near"], first.figures["number"]) == ("Osmosis", 4)
    assert "Under “Osmosis”, lesson 4 had more happy expressions" in first.text
    assert all(not each.series for each in comparison.sessions)


def test_lessons_that_are_alike_are_said_to_be_so_under_every_title(lesson, ask):
    for _ in range(3):
        lesson(slides=SLIDES)
    comparison = told(ask(course="Biology 9b", aligned_by="segment"))
    assert "no_segment_difference" in keys(comparison)


def test_a_lesson_without_the_title_is_not_compared_under_it(lesson, ask):
    lesson(slides=SLIDES)
    lesson(slides=SLIDES)
    lesson(slides=[(0, " INTRODUCTION"), (10, "Own words")])
    lesson()
    comparison = told(ask(course="Biology 9b", aligned_by="segment"))
    shown = [[each.title for each in s.segments] for s in comparison.sessions]
    assert shown == [["Introduction", "Osmosis"]] * 2 + [["Introduction"], []]
    assert comparison.sessions[2].against_rest is not None


def test_without_shared_titles_nothing_is_laid_by_them(lesson, ask):
    lesson(slides=[(0, "One")])
    lesson(slides=[(0, "Two")])
    comparison = told(ask(course="Biology 9b", aligned_by="segment"))
    assert comparison.segment_titles == []
    assert [each.segments for each in comparison.sessions] == [[], []]
