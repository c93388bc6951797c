"""Environments of peers: made once, made anew when the pins change, refused with a sentence."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.peers.environments import (
    DONE,
    Environment,
    NodeEnvironment,
    PeerUnavailable,
    PythonEnvironment,
)


@dataclass(frozen=True)
class Written(Environment):
    """Installs by a command of the test's: real processes, no registry."""

    code: str = "print('one'); print('two'); open('made', 'a').write('x')"

    def runtime(self, folder: Path) -> Path:
        return folder / "made"

    def commands(self, folder: Path) -> list[list[str]]:
        return [[sys.executable, "-c", self.code]]


def test_it_is_installed_once_and_the_progress_is_told(tmp_path):
    told: list[str] = []
    environment = Written("a", "little", ("fer==1",))
    environment.prepare(tmp_path / "a", told.append)
    environment.prepare(tmp_path / "a", told.append)
    assert told == ["one", "two"]
    assert (tmp_path / "a" / "made").read_text() == "x"


def test_another_pin_installs_it_anew(tmp_path):
    Written("a", "little", ("fer==1",)).prepare(tmp_path / "a", print)
    (tmp_path / "a" / "of the old one").touch()
    newer = Written("a", "little", ("fer==2",))
    assert not newer.is_ready(tmp_path / "a")
    newer.prepare(tmp_path / "a", print)
    assert newer.is_ready(tmp_path / "a")
    assert not (tmp_path / "a" / "of the old one").exists()


def test_an_installation_that_fails_says_why_and_is_not_taken_for_one(tmp_path):
    code = "print('Looking'); print('ERROR: No matching distribution'); raise SystemExit(3)"
    environment = Written("a", "little", ("fer==1",), code=code)
    with pytest.raises(PeerUnavailable, match=r"ended with 3.*No matching distribution"):
        environment.prepare(tmp_path / "a", lambda _: None)
    assert not environment.is_ready(tmp_path / "a")


def test_an_installation_that_was_broken_off_is_begun_anew(tmp_path):
    environment = Written("a", "little", ("fer==1",))
    environment.prepare(tmp_path / "a", print)
    (tmp_path / "a" / DONE).write_text('["fer==')
    assert not environment.is_ready(tmp_path / "a")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(PeerUnavailable, match="file"):
        Written("a", "little", ()).prepare(tmp_path / "file" / "a", print)


def test_without_node_its_peers_are_refused_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PeerUnavailable, match="needs Node and npm"):
        NodeEnvironment("node", "little", ("x@1",)).prepare(tmp_path / "node", print)


def test_a_virtual_environment_of_its_own_runs_and_has_none_of_our_packages(tmp_path):
    class Bare(PythonEnvironment):
        def commands(self, folder: Path) -> list[list[str]]:
            make = [*super().commands(folder)[0], "--without-pip"]  # a second instead of five
            look = "import importlib.util as u; print([u.find_spec(n) for n in ('numpy', 'model')])"
            return [make, [str(self.runtime(folder)), "-c", look]]

    told: list[str] = []
    Bare("bare", "little", ("nothing==1",)).prepare(tmp_path / "bare", told.append)
    assert told == ["[None, None]"]
