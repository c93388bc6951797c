"""Any request at all: never a 5xx, always what OpenAPI promises."""

import pytest

from tests.fuzzing.calls import find_faults, invent_calls
from tests.fuzzing.connections import hold_connections, raise_own_limit
from tests.fuzzing.mutations import WAYS, make_case
from tests.fuzzing.pictures import throw_pictures
from tests.fuzzing.school import furnish
from tests.fuzzing.verdict import leave
from tests.servers import running_server


@pytest.mark.slow
def test_every_call_answers_any_request_of_anybody_as_openapi_says(tmp_path):
    """The short form of `python -m tests.fuzzing.calls`."""
    pytest.importorskip("schemathesis", reason="comes with the check extra: make check")
    options = ["--max-examples", "3", "--phases", "coverage,fuzzing", "--seed", "1"]
    with (
        (tmp_path / "log").open("w") as log,
        running_server(tmp_path / "data", log=log, ROOMTONE_DASHBOARD="off") as server,
    ):
        school = furnish(server.teacher, tmp_path)
        for who, code, printed in invent_calls(server, school, tmp_path, options):
            assert code == 0, f"as {who}: {printed[-5000:]}"
        assert find_faults(server) == []


@pytest.mark.slow
def test_hundreds_of_mutated_pictures_are_answered_kindly_and_cost_no_memory(tmp_path):
    """The short form of `python -m tests.fuzzing.pictures`, without its limit of time."""
    with (
        (tmp_path / "log").open("w") as log,
        running_server(tmp_path / "data", log=log, ROOMTONE_DASHBOARD="off") as server,
    ):
        outcome = throw_pictures(server, 400, seed=1, keep=None)
    assert set(outcome.statuses["frames"]) == {200, 400, 413, 415}
    assert set(outcome.statuses["analyze"]) <= {200, 400, 413, 415}
    assert [fault for fault in outcome.faults if "took" not in fault] == []


@pytest.mark.slow
def test_frames_are_counted_beside_a_thousand_connections_that_say_nothing(tmp_path):
    """The short form of `python -m tests.fuzzing.connections`; test_connections.py closes them."""
    raise_own_limit(4000)
    with (
        (tmp_path / "log").open("w") as log,
        running_server(tmp_path / "data", log=log, ROOMTONE_DASHBOARD="off") as server,
    ):
        outcome = hold_connections(server, 1000, 40, wait=False)
    assert outcome.faults == []
    assert outcome.idle_cpu_share < 0.5  # a loop that spins takes a whole core


@pytest.mark.parametrize("way", WAYS)
def test_a_mutation_is_the_same_for_the_same_number_and_seed(way):
    kinds = {"text": b"some bytes \xff\xd8\xff\xc0", "empty": b""}
    made = [make_case(number, 1, kinds) for number in range(200)]
    assert any(way in case.way for case in made)
    assert made == [make_case(number, 1, kinds) for number in range(200)]
    assert made[2:] != [make_case(number, 2, kinds) for number in range(2, 200)]


@pytest.mark.parametrize(("faults", "code"), [([], 0), (["slow", "dead"], "slow; dead")])
def test_a_try_ends_well_only_without_a_fault(faults, code):
    with pytest.raises(SystemExit) as ended:
        leave(faults)
    assert ended.value.code == code
