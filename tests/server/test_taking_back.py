"""A slide begun by mistake is taken back; through the whole server."""

import pytest

from tests.server.test_markers import refused

CSV = "0:00,Intro,chapter\n1:30,Cells\n,Membranes\n"


@pytest.fixture
def outline(classroom):
    """The address of a session's loaded outline."""
    address = f"/api/v1/sessions/{classroom.start()['session_id']}/outline"
    headers = {**classroom.teacher, "Content-Type": "text/csv"}
    assert classroom.client.put(address, content=CSV, headers=headers).status_code == 200
    return address


@pytest.fixture
def ask(classroom, outline):
    def ask(method, path=""):
        return classroom.client.request(method, f"{outline}{path}", headers=classroom.teacher)

    return ask


def markers(ask):
    return [m["label"] for m in ask("GET", "/../markers").json()]


def test_taking_back_a_slide_erases_its_time_and_its_marker(ask):
    ask("POST", "/3/begin")
    assert markers(ask) == ["Membranes"]
    taken = ask("DELETE", "/3/begin")
    assert taken.json() == {
        "position": 3, "kind": "slide", "title": "Membranes", "begins_s": None, "begun": False,
    }  # fmt: skip
    assert markers(ask) == []
    assert ask("GET").json()[2]["begins_s"] is None
    assert ask("DELETE", "/3/begin").status_code == 200


def test_a_planned_time_is_not_taken_back_and_an_earlier_showing_stays(ask, classroom):
    assert ask("DELETE", "/2/begin").json()["begins_s"] == 90.0
    ask("POST", "/3/begin")
    classroom.clock.now += 60
    ask("POST", "/3/begin")
    ask("DELETE", "/3/begin")
    assert markers(ask) == ["Membranes"]


def test_a_slide_that_is_taken_back_begins_when_the_file_says(ask, classroom):
    classroom.clock.now += 200
    begun = ask("POST", "/2/begin").json()
    assert (begun["begins_s"], begun["begun"]) == (200.0, True)
    taken = ask("DELETE", "/2/begin").json()
    assert (taken["begins_s"], taken["begun"]) == (90.0, False)


def test_a_slide_is_taken_back_although_its_marker_is_gone(ask):
    ask("POST", "/3/begin")
    (marker,) = ask("GET", "/../markers").json()
    ask("DELETE", f"/../markers/{marker['marker_id']}")
    assert ask("DELETE", "/3/begin").json()["begun"] is False


def test_what_is_not_there_can_not_be_taken_back(ask):
    assert "it has 3" in refused(ask("DELETE", "/4/begin"), 404)
