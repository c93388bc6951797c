"""Lists that grow with a lesson: one component of Dash each, whatever their length."""

import json
from datetime import UTC, timedelta

import dash_mantine_components as dmc
import pytest
from dash import dcc, html

from dashboard.drawing import PARTS, redraw
from dashboard.plain import Element, plain, tell
from dashboard.view import SHIPPED_VIEW, View
from dashboard.viewer import Viewer
from server.schemas import MarkerKind
from tests.dashboard.points import NOON, mood, point, session
from tests.dashboard.test_marks import entry, marker

VIEWER = Viewer("token", UTC)
KINDS = (MarkerKind.MARKER, MarkerKind.QUESTION, MarkerKind.NOTE)


def count(drawn):
    """Return how many components of Dash something is made of."""
    if isinstance(drawn, list | tuple):
        return sum(map(count, drawn))
    if not hasattr(drawn, "to_plotly_json"):
        return 0
    return 1 + count(getattr(drawn, "children", None))


def teach(number, *, ended):
    """Return a lesson of five minutes with so many of every kind of moment."""
    told = mood(point(300), [point(s) for s in range(0, 300, 5)])
    markers = [marker(at, f"{kind} {at}", kind) for at in range(number) for kind in KINDS]
    outline = [entry(at, f"Slide {at}", 2.0 * at) for at in range(1, number + 1)]
    over = session(ended_at=NOON + timedelta(minutes=5)) if ended else session()
    return told.model_copy(update={"markers": markers, "outline": outline, "session": over})


@pytest.mark.parametrize("ended", [False, True])
@pytest.mark.parametrize("view", [SHIPPED_VIEW, View(whole=True, twin=True)])
def test_no_part_of_the_page_has_more_components_for_more_moments(ended, view):
    few, many = (redraw(teach(n, ended=ended), VIEWER, {}, view)[0] for n in (10, 140))
    assert dict(zip(PARTS, map(count, many))) == dict(zip(PARTS, map(count, few)))  # noqa: B905


def test_elements_are_told_with_their_attributes_and_texts_as_the_browser_names_them():
    drawn = html.Li(
        [html.Time("12:00", dateTime="2026-03-02"), " ", None, html.Button("Go", hidden=True)],
        className="row", style={"--part": "40%", "backgroundSize": "50% 100%"}, tabIndex=0,
        **{"data-of": 3, "aria-current": "step"},
    )  # fmt: skip
    assert json.loads(plain([drawn]).to_plotly_json()["props"]["data-plain"]) == [
        [
            "li",
            {"class": "row", "style": "--part: 40%; background-size: 50% 100%", "tabindex": "0",
             "data-of": "3", "aria-current": "step"},
            ["time", {"datetime": "2026-03-02"}, "12:00"], " ",
            ["button", {"hidden": ""}, "Go"],
        ]
    ]  # fmt: skip


def test_links_stay_inside_the_page_and_inputs_are_what_they_are_told_to_be():
    link, box = dcc.Link("Art", href="/dashboard/x"), Element("input", {"type": "checkbox"})
    assert tell([link, box]) == [
        ["a", {"href": "/dashboard/x", "data-goes": ""}, "Art"],
        ["input", {"type": "checkbox"}],
    ]


@pytest.mark.parametrize("drawn", [dmc.Checkbox(), html.P("x", id={"type": "a", "n": 1})])
def test_what_needs_dash_is_refused(drawn):
    with pytest.raises(TypeError, match="without Dash"):
        plain(html.Div(drawn))
