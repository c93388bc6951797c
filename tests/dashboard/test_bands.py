"""Shares as small pictures: what lies where, and that every emotion has colour and pattern."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from dashboard.bands import BAR_HEIGHT, WIDTH, Column, draw_bar, draw_columns, draw_swatch
from dashboard.palette import COLOURS, TOP_TO_BOTTOM
from server.schemas import Share

SVG = "{http://www.w3.org/2000/svg}"


def shares(**told):
    rest = (1 - sum(told.values())) / (7 - len(told))
    return {e: Share(share=told.get(e, rest), low=0, high=1) for e in TOP_TO_BOTTOM}


def paths(picture):
    """Return the drawn path of each emotion."""
    kind, _, svg = picture.partition(",")
    assert kind == "data:image/svg+xml"
    drawn = ET.fromstring(unquote(svg)).findall(f"{SVG}path")
    return {re.fullmatch(r"url\(#(\w+)\)", p.get("fill"))[1]: p.get("d") for p in drawn}


def test_a_bar_is_as_long_as_its_shares_in_the_order_on_screen():
    drawn = paths(draw_bar(shares(happy=0.25, neutral=0.5)))
    assert list(drawn) == list(TOP_TO_BOTTOM)
    assert drawn["happy"] == f"M0.0 0H225.0V{BAR_HEIGHT}H0.0Z"
    assert drawn["disgust"].startswith(f"M{WIDTH * 0.95:.1f} 0H{WIDTH:.1f}")


def test_columns_stand_where_they_are_told_and_nothing_in_the_gaps():
    column = shares(happy=1.0)
    drawn = paths(draw_columns([Column(0, 0.25, column), Column(0.5, 1, column)]))
    assert drawn == {"happy": "M0.0 60.0V0.0H225.0V60.0ZM450.0 60.0V0.0H900.0V60.0Z"}


def test_neighbours_that_show_the_same_are_one():
    column = shares(happy=1.0)
    drawn = paths(draw_columns([Column(at / 9, (at + 1) / 9, column) for at in range(9)]))
    assert drawn == {"happy": "M0.0 60.0V0.0H900.0V60.0Z"}


def test_nothing_told_is_an_empty_picture():
    assert paths(draw_columns([])) == {}


@pytest.mark.parametrize("emotion", TOP_TO_BOTTOM)
def test_each_emotion_has_its_colour_and_a_pattern_of_its_own(emotion):
    picture = unquote(draw_swatch(emotion))
    assert COLOURS[emotion] in picture
    others = {re.sub("#[0-9A-F]{6}|'[a-z]+'|#[a-z]+", "", unquote(draw_swatch(e)))
              for e in TOP_TO_BOTTOM}  # fmt: skip
    assert len(others) == 7
