from dataclasses import replace
from datetime import UTC, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import axes
from dashboard.charts import draw_lesson, draw_mood
from dashboard.palette import COLOURS, GAP_PATTERN, PATTERNS, TOP_TO_BOTTOM
from dashboard.river import NAME_SPACING, place_names
from dashboard.timeline import Stretch
from dashboard.vocabulary import (
    emotion_adjectives,
    emotion_names,
    more_than_before,
)
from model.emotions import Emotion
from server.schemas.answer_look import ANSWER_COLOURS
from tests.dashboard.figures import FIVE, FULL, bands, draw, moment, named, scene, words
from tests.dashboard.points import NOON, point, shares

ASSETS = Path(axes.__file__).parent / "assets"


def test_the_river_has_every_emotion_in_its_colour_and_pattern():
    for band in bands(draw(FULL)):
        emotion = Emotion(band.name)
        assert band.fillcolor == COLOURS[emotion]
        assert band.fillpattern.shape == PATTERNS[emotion]
    assert {b.name for b in bands(draw(FULL))} == set(Emotion)


def polygons(band):
    """The band's polygons, each as (moments, lower edge, upper edge)."""
    found = [[]]
    for x, y in zip(band.x, band.y, strict=True):
        found.append([]) if x is None else found[-1].append((x, y))
    halves = [(p[: len(p) // 2], p[len(p) // 2 :][::-1]) for p in found]
    return [([x for x, _ in up], [y for _, y in low], [y for _, y in up]) for up, low in halves]


def test_the_bands_lie_on_each_other_from_nothing_to_all():
    floor = [0.0] * (len(FULL) + 2)
    for band in bands(draw(FULL)):
        [(_, lower, upper)] = polygons(band)
        assert lower == pytest.approx(floor)
        floor = upper
    assert floor == pytest.approx([1.0] * len(floor))


def test_hovering_tells_the_share_and_not_how_high_it_lies():
    neutral = next(b for b in bands(draw(FULL)) if b.name == "neutral")
    assert list(neutral.customdata) == pytest.approx([0.7] * len(neutral.customdata))
    assert "customdata" in neutral.hovertemplate


def test_the_river_is_never_drawn_over_buckets_with_too_few_faces():
    few = [point(s, visible=3 if 100 <= s < 200 else 24) for s in range(0, 300, 5)]
    hole = [moment(100), moment(200)]
    for band in bands(draw(few)):
        [before, after] = [moments for moments, _, _ in polygons(band)]
        assert max(before) == hole[0]
        assert min(after) == hole[1]


@pytest.mark.parametrize("seconds", [5, 1])
def test_a_class_around_the_threshold_takes_no_more_traces_than_any_other(seconds):
    flickers = [point(s, seconds=seconds, visible=3 if s // seconds % 2 else 24)
                for s in range(0, 300, seconds)]  # fmt: skip
    figure = draw(flickers)
    assert len(figure.data) <= 6 + 2 * len(Emotion)
    assert len(bands(figure)) == len(Emotion)
    assert len(figure.layout.annotations) < 30
    assert len(polygons(bands(figure)[0])) == len(flickers) // 2


def test_a_gap_is_hatched_and_says_what_it_is():
    figure = draw([p if p.start < NOON + timedelta(seconds=150) else point(0) for p in FULL[:30]])
    gap = named(figure, "not enough faces")
    assert gap.marker.pattern.shape == GAP_PATTERN
    assert list(gap.width) == [150_000]
    assert "not enough faces" in words(figure)


def test_a_full_river_has_no_gap():
    assert named(draw(FULL), "not enough faces") is None


def test_before_the_lesson_began_nothing_is_missing():
    started = NOON + timedelta(seconds=200)
    figure = draw([p for p in FULL if p.start >= started], started_at=started)
    assert named(figure, "not enough faces") is None


def test_what_has_not_been_yet_is_not_missing():
    minute = Stretch(NOON, NOON + timedelta(minutes=1))
    young = replace(scene([point(0)], minute), until=NOON + timedelta(seconds=5))
    for drawn in (draw_lesson(young, FIVE, UTC), draw_mood(young, UTC)):
        assert named(go.Figure(drawn.finish()), "not enough faces") is None


def test_every_row_has_a_trace_or_plotly_writes_the_times_across_the_rows():
    for figure in (draw([]), draw(FULL), draw([], camera=False), draw([], curves=True)):
        rows = {n.replace("yaxis", "y") for n in figure.to_dict()["layout"] if "yaxis" in n}
        assert {trace.yaxis or "y" for trace in figure.data} == rows


def test_a_single_bucket_is_as_wide_as_its_time():
    figure = draw([point(100)])
    assert [min(bands(figure)[0].x), max(bands(figure)[0].x)] == [moment(100), moment(105)]


def test_the_lane_shows_which_emotion_was_most_common_when():
    series = [point(0, shares(neutral=0.8)), point(5, shares(happy=0.8))]
    figure = draw(series)
    assert len(named(figure, "most: neutral").x) == 1
    assert named(figure, "most: happy").marker.color == COLOURS[Emotion.HAPPY]
    assert named(figure, "most: sad") is None


def test_times_are_the_viewers_own():
    figure = draw(FULL, zone=ZoneInfo("Asia/Kolkata"))
    assert figure.layout.xaxis.range[0] == "2026-03-02 17:30:00"


def test_the_bands_name_themselves_beside_the_river():
    text = " ".join(
        words(draw([point(s, shares(neutral=0.7, happy=0.2)) for s in range(0, 300, 5)]))
    )
    assert "neutral" in text
    assert "happy" in text
    assert "disgust" not in text


def test_labels_never_overlap_and_stay_inside():
    placed = place_names(point(0, shares(neutral=0.1))).values()
    heights = sorted(placed)
    gaps = [b - a for a, b in pairwise(heights)]
    assert min(gaps) >= NAME_SPACING - 1e-9
    assert heights[0] >= 0
    assert heights[-1] <= 1


@given(st.lists(st.floats(0.01, 1), min_size=7, max_size=7))
def test_labels_are_in_the_order_of_their_bands(raw):
    told = {e.value: v / sum(raw) for e, v in zip(Emotion, raw, strict=True)}
    placed = place_names(point(0, shares(**{k: v for k, v in told.items() if k != "neutral"})))
    drawn = [e for e in reversed(TOP_TO_BOTTOM) if e in placed]
    assert [placed[e] for e in drawn] == sorted(placed.values())


def test_the_lesson_marks_what_the_large_chart_shows():
    lesson = Stretch(NOON, NOON + timedelta(minutes=40))
    shown = Stretch(NOON + timedelta(minutes=35), lesson.end)
    told = [point(60 * m, seconds=60) for m in range(40)]
    figure = go.Figure(draw_lesson(scene(told, lesson), shown, UTC).finish())
    [frame] = figure.layout.shapes
    assert (frame.x0, frame.x1) == (moment(35 * 60), moment(40 * 60))


def test_an_empty_session_can_be_drawn():
    assert named(draw([]), "not enough faces") is not None
    draw_lesson(scene([]), FIVE, UTC).finish()
    draw([], camera=False)


def test_nothing_on_a_chart_moves_by_itself_or_asks_for_anything():
    layout = draw(FULL).layout
    assert layout.uirevision == "still"
    assert layout.dragmode is False
    assert not layout.images


def test_every_emotion_has_its_own_look_and_words():
    for kind in (COLOURS, PATTERNS, emotion_adjectives(), emotion_names(), more_than_before()):
        assert set(kind) == set(Emotion)
        assert len(set(kind.values())) == len(Emotion)
    assert GAP_PATTERN not in PATTERNS.values()
    assert sorted(TOP_TO_BOTTOM) == sorted(Emotion)


def test_the_colours_are_the_designs():
    assert COLOURS[Emotion.NEUTRAL] == "#999999"
    assert COLOURS[Emotion.HAPPY] == "#E6B800"
    assert COLOURS[Emotion.ANGRY] == "#D55E00"


def test_the_style_sheets_name_no_emotion_colour_of_their_own():
    css = "".join(p.read_text() for p in (ASSETS).glob("*.css"))
    assert not set(ANSWER_COLOURS.values()) & set(COLOURS.values())
    assert not [c for c in COLOURS.values() if c.lower() in css.lower()]
