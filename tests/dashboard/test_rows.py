"""The rows under the river and the curves in its place: all on one time axis."""

import json
from datetime import UTC, timedelta
from itertools import pairwise

import plotly.graph_objects as go
import pytest

from dashboard.charts import draw_mood
from dashboard.marks import Mark
from dashboard.palette import COLOURS, PATTERNS
from dashboard.timeline import Stretch
from dashboard.vocabulary import answer_names
from model.emotions import Emotion
from server.engagement import SHIPPED
from server.schemas import MarkerKind
from server.schemas.answer_look import ANSWER_PATTERNS, BOTTOM_TO_TOP
from tests.dashboard.figures import FULL, bands, draw, moment, named, scene, words
from tests.dashboard.points import NOON, point, report


def test_coverage_is_a_curve_of_those_visible_with_present_and_enrolled_beside_it():
    figure = draw([point(s, of=28) for s in range(0, 300, 5)], expected_students=30)
    visible, present = named(figure, "visible"), named(figure, "present")
    assert set(visible.y) == {24}
    assert visible.line.shape == "hv"
    assert set(present.y) == {28}
    assert visible.yaxis == present.yaxis
    [enrolled] = [s for s in figure.layout.shapes if s.name == "enrolled"]
    assert enrolled.y0 == enrolled.y1 == 30
    assert "Students visible, of 30 enrolled" in words(figure)
    assert visible.text[0] == "24 of 30 visible"


def test_without_enrolment_coverage_is_of_those_present():
    figure = draw(FULL, expected_students=None)
    assert "Students visible, of those present" in words(figure)
    assert "24 of 30 visible" in named(figure, "visible").text


def test_a_window_of_unknown_students_is_counted_and_not_told_against_anything():
    window = [
        point(s, visible=29).model_copy(update={"coverage": None, "present": 2})
        for s in range(0, 300, 5)
    ]
    figure = draw(window, expected_students=None)
    assert named(figure, "visible").text[0] == "29 visible"
    assert "of" not in "".join(w for w in words(figure) if "visible" in w)


def test_coverage_has_a_hole_where_nothing_came():
    visible = named(draw([point(s) for s in (0, 5, 50, 55)]), "visible")
    assert list(visible.x).index(None) == 3
    assert visible.x[2] == moment(10)


def test_each_curve_has_its_interval_its_own_row_and_its_pattern():
    figure = draw(FULL, curves=True)
    assert bands(figure) == []
    axes_used = set()
    for emotion in Emotion:
        line = named(figure, str(emotion))
        around = named(figure, f"{emotion}, 95 % interval")
        assert around.fillcolor == COLOURS[emotion]
        assert around.fillpattern.shape == PATTERNS[emotion]
        assert around.yaxis == line.yaxis
        axes_used.add(line.yaxis)
    assert len(axes_used) == len(Emotion)
    neutral = named(figure, "neutral")
    assert set(neutral.y) == {0.7}
    assert list(neutral.customdata[0]) == pytest.approx([0.67, 0.73])
    assert {0.73, 0.67} == set(named(figure, "neutral, 95 % interval").y)


def test_curves_break_where_there_are_too_few_faces():
    few = [point(s, visible=3 if 100 <= s < 200 else 24) for s in range(0, 300, 5)]
    figure = draw(few, curves=True)
    for name in ("neutral", "neutral, 95 % interval", "engagement profile"):
        assert None in named(figure, name).y
    assert words(figure).count("not enough faces") == 1


def test_engagement_is_named_and_numbered_and_drawn_with_its_interval():
    profile = SHIPPED.model_copy(update={"title": "Mine <b>", "version": 4, "ours": False})
    figure = draw(FULL, profile=profile)
    assert "Engagement profile “Mine &lt;b&gt;”, version 4" in words(figure)
    assert set(named(figure, "engagement profile").y) == {0.6}
    assert {0.55, 0.65} == set(named(figure, "engagement profile, 95 % interval").y)
    assert not [w for w in words(figure) if "attention" in w or "understand" in w]


def test_answers_are_stacked_in_their_order_with_those_who_said_something():
    told = [report(s, following=11, lost=4, too_fast=2, bored=1) for s in range(0, 300, 30)]
    figure = draw(FULL, reports=told)
    floor = 0.0
    for answer in BOTTOM_TO_TOP:
        bar = named(figure, answer_names()[answer])
        assert bar.base[0] == pytest.approx(floor, abs=1e-3)
        assert bar.marker.pattern.shape == ANSWER_PATTERNS[answer]
        floor += bar.y[0]
    assert floor == pytest.approx(1, abs=1e-3)
    assert list(named(figure, "I follow").customdata[0]) == [11, 18]


def test_too_few_answers_are_hatched_and_not_told():
    figure = draw(FULL, reports=[report(0, following=3)])
    assert named(figure, "I follow") is None
    assert named(figure, "not enough answers") is not None


def test_without_cameras_answers_take_the_rivers_place_and_no_word_is_of_faces():
    told = [report(s, following=11, lost=4) for s in range(0, 300, 30)]
    chart = draw_mood(scene([], reports=told, camera=False), UTC)
    figure = go.Figure(chart.finish())
    assert words(figure) == ["What students say of themselves"]
    drawn = {t.name for t in figure.data}
    assert drawn == set(answer_names().values())
    assert chart.height > 220


def test_marks_are_lines_through_all_rows_at_their_moment():
    marks = [Mark(NOON + timedelta(seconds=s), MarkerKind.SLIDE, "Osmosis") for s in (60, 900)]
    figure = draw(FULL, marks=marks)
    [line] = [s for s in figure.layout.shapes if s.name == "mark"]
    at = moment(60).replace(" ", "_")
    assert (line.path, line.yref) == (f"M{at},0L{at},1", "paper")


def test_many_marks_are_two_shapes_for_plotly_draws_each_by_itself():
    marks = [Mark(NOON + timedelta(seconds=s), kind, "Osmosis")
             for s in range(100) for kind in (MarkerKind.SLIDE, MarkerKind.QUESTION)]  # fmt: skip
    figure = draw(FULL, marks=marks)
    drawn = {s.line.dash: s.path.count("M") for s in figure.layout.shapes if s.name == "mark"}
    assert drawn == {"solid": 100, "dot": 100}


@pytest.mark.parametrize("curves", [False, True])
def test_rows_lie_below_each_other_and_never_overlap(curves):
    layout = draw(FULL, curves=curves, reports=[report(0, following=9)]).layout.to_plotly_json()
    domains = sorted(v["domain"] for k, v in layout.items() if k.startswith("yaxis"))
    assert domains[0][0] >= 0
    assert domains[-1][1] <= 1
    assert all(low[1] < high[0] for low, high in pairwise(domains))


def test_the_height_does_not_depend_on_the_data():
    assert draw_mood(scene([]), UTC).height == draw_mood(scene(FULL), UTC).height


@pytest.mark.parametrize("curves", [False, True])
def test_a_figure_is_small_enough_to_be_pushed_each_second(curves):
    told = [report(s, following=11, lost=4) for s in range(0, 300, 30)]
    figure = draw_mood(scene(FULL, reports=told), UTC, curves=curves).finish()
    assert len(json.dumps(figure, separators=(",", ":"))) < 75_000


def test_a_half_minute_that_has_just_begun_is_not_called_one_of_few_answers():
    last = [report(270, following=3)]
    early = draw(FULL, Stretch(NOON, NOON + timedelta(seconds=275)), reports=last)
    over = draw(FULL, reports=last)
    assert named(early, "not enough answers") is None
    assert named(over, "not enough answers") is not None
