"""What drivers may do to who asks them."""

import sys
from pathlib import Path

import pytest

from bench.peers.conversation import Conversation
from bench.peers.environments import PeerUnavailable

DRIVER = Path(__file__).parent / "scripted_driver.py"


@pytest.fixture
def talk(tmp_path):
    def begin(kind: str, **limits: float) -> Conversation:
        command = [sys.executable, str(DRIVER), kind, "0.5"]
        return Conversation(command, tmp_path / "driver.log", {}, **limits)

    return begin


def test_each_frame_gets_its_own_answer(talk):
    with talk("well") as driver:
        assert driver.version == "1.2"
        first = driver.ask(Path("a.picture"), "a")
        second = driver.ask(Path("b.jpg"), "b")
    assert (first.seconds, first.cpu_seconds, first.boxes) == (0.5, 0.25, [[0, 0, 4, 4]])
    assert second.boxes == []


def test_a_driver_that_ends_is_quoted(talk):
    with pytest.raises(PeerUnavailable, match="no weights to be had"):
        talk("dies-at-once")


def test_a_driver_that_ends_between_frames_is_quoted(talk):
    with talk("dies-later") as driver:
        driver.ask(Path("a"), "")
        driver.ask(Path("a"), "")
        with pytest.raises(PeerUnavailable, match="out of memory"):
            driver.ask(Path("a"), "")


def test_a_driver_that_says_nothing_is_given_up(talk):
    with (
        talk("hangs", frame_seconds=0.3) as driver,
        pytest.raises(PeerUnavailable, match="said nothing"),
    ):
        driver.ask(Path("a"), "")


@pytest.mark.parametrize(
    ("kind", "why"),
    [("babbles", "no answer: Downloading"), ("boxless", "lacks"), ("timeless", "no time")],
)
def test_what_is_no_answer_is_not_taken_for_one(talk, kind, why):
    with talk(kind) as driver, pytest.raises(PeerUnavailable, match=why):
        driver.ask(Path("a"), "")


def test_a_driver_that_does_not_say_its_version_is_refused(talk):
    with pytest.raises(PeerUnavailable, match="version"):
        talk("nameless")


def test_a_program_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PeerUnavailable, match="no-such-program can't be started"):
        Conversation([str(tmp_path / "no-such-program")], tmp_path / "log", {})


def test_a_driver_knows_nothing_of_our_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("ROOMTONE_TEACHER_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", "/ours")
    told = "import os, json; e = os.environ; print(json.dumps({'version': [e.get(n) for n in "
    told += "('ROOMTONE_TEACHER_TOKEN', 'PYTHONPATH', 'OMP_NUM_THREADS', 'MORE')]}))"
    with Conversation([sys.executable, "-c", told], tmp_path / "log", {"MORE": "x"}) as driver:
        assert driver.version == "[None, None, '1', 'x']"
