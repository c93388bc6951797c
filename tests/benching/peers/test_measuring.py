"""Peers in turns with Roomtone: real drivers, scripted ones, and what one that fails spoils."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.frames import BenchFrame
from bench.peers.catalogue import PEERS, Peer
from bench.peers.environments import Environment
from bench.peers.measuring import FIRST, STEADY, Gathering, Roomtone, lay_out
from bench.pictures import encode_jpeg, gallery

DRIVER = Path(__file__).parent / "scripted_driver.py"


class NoEnvironment(Environment):
    """This machine's own Python, nothing to install."""

    def runtime(self, folder: Path) -> Path:
        return Path(sys.executable)

    def commands(self, folder: Path) -> list[list[str]]:
        return []


@dataclass(frozen=True)
class ScriptedPeer(Peer):
    seconds: str = "1.5"

    def command(self, folder: Path) -> list[str]:
        return [*super().command(folder), self.seconds]


def scripted(kind: str) -> ScriptedPeer:
    return ScriptedPeer(kind, f"scripted {kind}", NoEnvironment("none", "nothing", ()), DRIVER)


@pytest.fixture(scope="module")
def exhibits(tmp_path_factory):
    data = encode_jpeg(gallery(1, 1, width=320, height=180))
    frame = BenchFrame("made", data, 320, 180)
    return lay_out([frame], tmp_path_factory.mktemp("frames"))


@pytest.fixture(scope="module")
def gathered(exhibits, tmp_path_factory):
    cache, gathering = tmp_path_factory.mktemp("cache"), Gathering.begin()
    roomtone = Roomtone(cache / "roomtone.log")
    try:
        for kind in ("dies-at-once", "dies-later", "well"):
            gathering.measure(scripted(kind), exhibits, roomtone, cache, rounds=2)
    finally:
        roomtone.close()
    return gathering


def test_a_peer_that_fails_is_left_out_with_its_reason_and_spoils_no_other(gathered):
    assert [row.name for row in gathered.peers] == ["scripted well"]
    assert [one.name for one in gathered.left_out] == [
        "scripted dies-at-once",
        "scripted dies-later",
    ]
    assert "no weights to be had" in gathered.left_out[0].why
    assert "out of memory" in gathered.left_out[1].why


def test_a_peer_is_compared_with_what_roomtone_really_took(gathered, exhibits):
    (peer,) = gathered.peers
    first, steady = gathered.roomtone_rows(exhibits, "0")
    assert (first.name, steady.name) == (FIRST, STEADY)
    assert (first.faces_found, steady.faces_found) == (1, 1)
    assert (peer.ms, peer.faces_found, peer.version) == (1500, 1, "1.2")
    assert peer.steady_ratio == pytest.approx(1500 / steady.ms)
    assert 0 < peer.ratio_low <= peer.ratio <= peer.ratio_high
    assert peer.rounds == first.rounds == 2


def test_peers_have_names_and_drivers_of_their_own():
    assert all(peer.driver.is_file() and name == peer.name for name, peer in PEERS.items())
    assert len({peer.title for peer in PEERS.values()}) == len(PEERS)


def test_every_package_of_a_peer_is_pinned():
    for peer in PEERS.values():
        pins = (*peer.environment.requirements, *peer.environment.alone)
        assert all("==" in pin or "@" in pin[1:] or "setuptools<" in pin for pin in pins), pins
