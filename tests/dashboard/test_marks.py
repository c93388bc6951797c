import json
from datetime import UTC, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dashboard.marks import LEAST_ROOM, Mark, collect_marks, place_marks
from dashboard.timeline import Stretch
from dashboard.viewer import Viewer
from dashboard.views.marks import marks_lane
from dashboard.views.twin import twin_tables
from server.schemas import Marker, MarkerKind, OutlineEntry
from tests.dashboard.figures import FULL, scene
from tests.dashboard.points import NOON, mood, point, report

FIVE = Stretch(NOON, NOON + timedelta(minutes=5))


def mark(second, words="Osmosis", kind=MarkerKind.MARKER):
    return Mark(NOON + timedelta(seconds=second), kind, words)


def marker(second, words, kind=MarkerKind.MARKER):
    at = NOON + timedelta(seconds=second)
    return Marker(marker_id=f"{second:024x}", at=at, kind=kind, label=words)


def lesson(markers=(), outline=()):
    told = mood(point(300), [])
    return told.model_copy(update={"markers": list(markers), "outline": list(outline)})


def entry(position, title, begins_s, *, begun=False, kind=MarkerKind.SLIDE):
    return OutlineEntry(position=position, kind=kind, title=title, begins_s=begins_s, begun=begun)


def test_markers_and_slides_that_began_are_told_by_time():
    told = lesson([marker(90, "Question")], [entry(1, "Cells", 30), entry(2, "Later", None)])
    assert [m.words for m in collect_marks(told)] == ["Cells", "Question"]


def test_a_slide_begun_by_key_is_one_mark_and_not_two():
    told = lesson([marker(30, "Cells", MarkerKind.SLIDE)], [entry(1, "Cells", 30.4, begun=True)])
    assert len(collect_marks(told)) == 1


def test_what_the_teacher_begins_counts_more_than_the_times_of_the_file():
    told = lesson([], [entry(1, "Cells", 30), entry(2, "Osmosis", 60)])
    assert [m.words for m in collect_marks(told)] == ["Cells", "Osmosis"]
    told = lesson([], [entry(1, "Cells", 35, begun=True), entry(2, "Osmosis", 60)])
    assert [m.words for m in collect_marks(told)] == ["Cells"]


def test_the_slide_that_began_before_is_carried_into_the_lane():
    slide = mark(-60, "Cells", MarkerKind.SLIDE)
    places = place_marks([slide, mark(-30, "seen"), mark(150)], FIVE)
    assert [(p.mark.words, p.carried, p.left) for p in places] == [
        ("Cells", True, 0.0),
        ("Osmosis", False, 0.5),
    ]


@given(st.lists(st.integers(0, 300), max_size=60))
def test_names_never_overlap_on_a_level_and_every_mark_is_kept(seconds):
    places = place_marks([mark(s) for s in sorted(seconds)], FIVE)
    assert len(places) == len(seconds)
    for level in (0, 1):
        shown = [p for p in places if p.level == level and p.width is not None]
        for one, other in pairwise(shown):
            assert one.left + one.width <= other.left + 1e-9
            assert other.left - one.left >= LEAST_ROOM - 1e-9


def test_the_lane_says_what_kind_a_mark_is_and_when():
    places = place_marks([mark(60, "Why?", MarkerKind.QUESTION)], FIVE)
    said = str(marks_lane(places, Viewer("token", UTC)))
    for words in ("Question", "Why?", "12:01:00 UTC"):
        assert words in said


def test_a_name_without_room_is_still_there_to_be_read():
    places = place_marks([mark(s, f"number {s}") for s in range(100, 106)], FIVE)
    lane = str(marks_lane(places, Viewer("token", UTC)))
    assert [p for p in places if p.width is None]
    for second in range(100, 106):
        assert f"number {second}" in lane


def test_in_the_tables_a_heading_stands_as_the_column_under_it_does():
    shown = scene(FULL, reports=[report(0, following=11)], marks=[mark(30)])
    for table in json.loads(twin_tables(shown, Viewer(""))):
        _, _, _, [_, _, [_, _, *heads]], [_, _, [_, _, *cells], *_] = table
        stand = [[told.get("class") == "words" for _, told, _ in row] for row in (heads, cells)]
        assert stand[0][1:] == stand[1][1:]  # the first names the row
