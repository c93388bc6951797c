"""The join screen's words: who can join by this address, and how many have."""

import pytest

from dashboard.views.join_screen import how_to_join, joined_words, warn
from tests.dashboard.fake_server import FakeServer


def session(url="https://roomtone.school.example/join/K7MQ-2RXD", **more):
    told = FakeServer().add("Biology", join_url=url, **more)
    return told.model_copy(update={k: v for k, v in more.items() if hasattr(told, k)})


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost:8000", "127.8.9.1", "[::1]:8000", "room.localhost"]
)
def test_an_address_of_this_computer_alone_is_warned_of(host):
    told = str(warn(session(f"http://{host}/join/K7MQ-2RXD")))
    assert "Only this computer can open this address" in told
    assert "ROOMTONE_PUBLIC_URL" in told


@pytest.mark.parametrize("host", ["192.168.1.20:8000", "roomtone.school.example", "localhostess"])
def test_plain_http_is_warned_of_where_the_camera_is_asked_for(host):
    at = f"http://{host}/join/K7MQ-2RXD"
    assert "https" in str(warn(session(at)))
    assert warn(session(at, camera=False)) == []


def test_an_https_address_is_not_warned_of():
    assert warn(session()) == []


@pytest.mark.parametrize(
    ("present", "expected", "said"),
    [
        (0, 30, "0 of 30 have joined"),
        (1, 30, "1 of 30 has joined"),
        (1, None, "1 has joined"),
        (1200, None, "1\u202f200 have joined"),
    ],
)
def test_it_says_how_many_have_joined_and_not_left(present, expected, said):
    assert joined_words(session(present=present, expected_students=expected)) == said


def test_the_code_is_grouped_and_spelt_for_whoever_hears_it():
    told = str(how_to_join(session()))
    assert "[Span('K7MQ'), Span('2RXD')]" in told
    assert "K 7 M Q 2 R X D" in told
