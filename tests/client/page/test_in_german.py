"""The student's page in German: all of it, and no English sentence."""

import pytest

from client.page.rendering import Trouble, render_code_form, render_invitation
from server.languages import speaking
from server.schemas import Invitation
from tests.catalogues import find_english


def invitation(**more):
    told = {
        "join_code": "K7MQ-2RXD",
        "session_title": "Biologie 9b",
        "ended": False,
        "simulated": False,
        "camera": True,
        "self_report": True,
        "send_seconds": 2.0,
    }
    return Invitation(**{**told, **more})


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"camera": False},
        {"self_report": False},
        {"simulated": True, "self_report": False},
        {"ended": True},
        {"send_seconds": 1.0},
    ],
)
def test_the_page_of_a_session(more):
    with speaking("de"):
        page = render_invitation(invitation(**more), "schule.example")
    assert '<html lang="de"' in page
    assert "Möchtest du mitmachen?" in page
    assert not find_english(page, "de")


def test_seconds_are_written_with_a_comma():
    with speaking("de"):
        assert "Alle 2,5 Sekunden" in render_invitation(invitation(send_seconds=2.5), "x.example")


@pytest.mark.parametrize("trouble", [None, *Trouble])
def test_the_page_that_asks_for_a_code(trouble):
    with speaking("de"):
        page = render_code_form(trouble, "K7MQ")
    assert "Beitrittscode" in page
    assert not find_english(page, "de")


def test_in_english_it_is_found():
    page = render_invitation(invitation(), "school.example")
    assert len(find_english(page, "de")) > 50
