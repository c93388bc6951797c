"""Notes on the page: listed, signs on the lane, rows of the table; they divide nothing."""

from datetime import UTC, timedelta

from dashboard.charts import draw_mood
from dashboard.marks import place_marks, place_notes
from dashboard.timeline import Stretch
from dashboard.viewer import Viewer
from dashboard.views.marks import MOST_SHOWN, marks_lane
from dashboard.views.moment import moment_figures
from dashboard.views.notes import note_list
from dashboard.views.twin import twin_tables
from server.schemas import MarkerKind
from tests.dashboard.callbacks.test_live import Page
from tests.dashboard.figures import FULL, scene
from tests.dashboard.plain_trees import unfold
from tests.dashboard.points import NOON, session
from tests.dashboard.test_marks import FIVE, mark, marker

VIEWER = Viewer("token", UTC)
NOTE = MarkerKind.NOTE


def test_a_note_has_a_sign_on_the_lane_and_takes_no_room_from_names():
    marks = [mark(100, "Osmosis"), mark(102, "long words", NOTE)]
    assert [p.mark.words for p in place_marks(marks, FIVE)] == ["Osmosis"]
    [sign] = place_notes(marks, FIVE)
    assert sign.left == 102 / 300


def test_notes_near_to_each_other_share_a_sign_that_counts_them():
    marks = [mark(s, f"note {s}", NOTE) for s in (10, 13, 200)]
    signs = place_notes(marks, FIVE)
    assert [len(sign.notes) for sign in signs] == [2, 1]
    lane = str(marks_lane([], VIEWER, signs))
    assert "2 notes" in lane
    assert '1 note"' in lane


def test_a_sign_tells_the_beginning_of_a_long_note_and_never_all_of_it():
    [sign] = place_notes([mark(10, "salt " * 400, NOTE)], FIVE)
    lane = str(marks_lane([], VIEWER, [sign]))
    assert "salt salt" in lane
    assert len(lane) < 3 * MOST_SHOWN + 300


def test_a_note_outside_what_is_shown_has_no_sign():
    assert place_notes([mark(-1, "before", NOTE), mark(301, "after", NOTE)], FIVE) == []


def test_no_line_is_drawn_through_the_chart_for_a_note():
    lines = [
        s["name"] for s in draw_mood(scene(FULL, marks=[mark(30, "n", NOTE), mark(40)]), UTC).shapes
    ]
    assert lines.count("mark") == 1


def test_the_table_has_notes_with_their_words():
    tables = str(twin_tables(scene(FULL, marks=[mark(30, "Repeat on Monday", NOTE)]), VIEWER))
    assert "Repeat on Monday" in tables
    assert '"Note"' in tables


def test_each_note_can_be_edited_and_deleted_by_its_time():
    box = note_list([marker(61, "line one\nline two", NOTE)], VIEWER)
    listed = str(unfold({"data-plain": box}))
    assert "line one\\nline two" in listed
    assert "Edit the note of 12:01:01 UTC" in listed
    assert "Delete the note of 12:01:01 UTC" in listed
    assert "No notes yet" in str(note_list([], VIEWER))


def test_the_list_of_markers_has_no_notes(signed_in, fake):
    lesson = fake.add("Biology", minutes_ago=12)
    at = lesson.started_at
    fake.lessons[lesson.session_id].teaching.markers = [
        marker(1, "a marker").model_copy(update={"at": at}),
        marker(2, "a note", NOTE).model_copy(update={"at": at}),
    ]
    page = Page(signed_in, lesson.session_id).tick()
    assert "a note" not in str(page["marker-list"])
    assert "a marker" not in str(page["note-list"])
    assert "a note" in str(page["note-list"])


def test_the_bar_of_a_moment_knows_lesson_slides_and_chapters_but_no_moments():
    over = session(ended_at=NOON + timedelta(minutes=5))
    marks = [mark(60, "Cells", MarkerKind.SLIDE), mark(90), mark(95, "n", NOTE)]
    [span] = moment_figures(over, Stretch(NOON, NOON + timedelta(minutes=6)), marks)
    told = span.to_plotly_json()["props"]
    noon = int(NOON.timestamp() * 1000)
    assert (told["data-start"], told["data-end"]) == (noon, noon + 360_000)
    assert (told["data-begun"], told["data-over"]) == (noon, noon + 300_000)
    assert told["data-titles"] == f'[[{noon + 60_000}, "Cells"]]'
    assert moment_figures(session(), FIVE, marks) == []
