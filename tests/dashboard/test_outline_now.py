"""Which slide is now, which is next, and what of a plan is drawn."""

from datetime import timedelta

from dashboard.drawing import compose
from dashboard.marks import collect_marks
from dashboard.viewer import Viewer
from dashboard.views.moments import current_position, next_button
from server.schemas import MarkerKind, OutlineEntry


def outline(*begins, begun=()):
    return [
        OutlineEntry(position=i, kind=MarkerKind.SLIDE, title=f"Slide {i}", begins_s=at,
                     begun=i in begun)
        for i, at in enumerate(begins, 1)
    ]  # fmt: skip


def now_at(entries, session, seconds):
    return current_position(entries, session, session.started_at + timedelta(seconds=seconds))


def next_title(entries):
    return [button.to_plotly_json()["props"]["data-title"] for button in next_button(entries)]


def test_a_plan_says_what_is_now_until_the_teacher_begins_something(fake):
    session = fake.add("Biology", minutes_ago=30)
    assert now_at(outline(0, 60, 150), session, 100) == 2
    assert now_at(outline(0, 60, 150), session, 1000) == 3
    assert now_at(outline(0, 900, 150, begun={2}), session, 1000) == 2
    assert now_at(outline(None, None), session, 1000) is None


def test_of_a_lesson_that_is_over_no_slide_is_now(fake):
    drawn = []
    for ended in (None, 5):
        session = fake.add(f"Ended {ended}", minutes_ago=30, ended_minutes_ago=ended)
        mood = fake.mood(session.session_id, None, None)
        mood = mood.model_copy(update={"outline": outline(0, 60)})
        drawn.append(str(compose(mood, Viewer(""))["outline"].draw()))
    assert ["step" in rows for rows in drawn] == [True, False]


def test_next_is_the_one_after_the_one_begun_last_whatever_the_plan_says():
    assert next_title(outline(0, 60, 150)) == ["Slide 1"]
    assert next_title(outline(500, 60, 150, begun={1})) == ["Slide 2"]
    assert next_title(outline(500, 600, 550, begun={1, 2, 3})) == ["Slide 3"]
    assert next_title(outline(500, 600, 700, begun={1, 2, 3})) == []
    assert next_title([]) == []


def test_an_overtaken_plan_is_not_drawn(fake):
    session = fake.add("Biology", minutes_ago=30)
    mood = fake.mood(session.session_id, None, None)
    drawn = [
        [mark.words for mark in collect_marks(mood.model_copy(update={"outline": entries}))]
        for entries in (outline(0, 60, None), outline(0, 90, None, begun={2}))
    ]
    assert drawn == [["Slide 1", "Slide 2"], ["Slide 2"]]
