"""The long run in short, and what its verdict sees."""

from dataclasses import replace

import pytest

from tests.servers import running_server
from tests.soak.run import soak
from tests.soak.verdict import Limits, Row, find_faults, slope_of

FLAT = Row(0, 300, 40, 50, 1000, 0, 0, 20, 60, 1.0)


def rows(**growth):
    """Return thirty minutes that grow by so much of each from the warm-up's end to the end."""
    made = []
    for minute in range(30):
        share = (minute - 6) / 23
        more = {name: getattr(FLAT, name) + share * value for name, value in growth.items()}
        made.append(replace(FLAT, at_s=60.0 * minute, **more))
    return made


def test_a_flat_run_has_no_faults_and_odd_minutes_do_not_move_it():
    flat = rows()
    assert find_faults(flat, Limits()) == []
    odd = [
        replace(row, memory_mb=900, p95_ms=900) if n in (8, 29) else row
        for n, row in enumerate(flat)
    ]
    assert find_faults(odd, Limits()) == []


def test_what_the_first_minutes_take_is_no_growth():
    warm = [replace(row, memory_mb=200 + 10 * min(n, 5)) for n, row in enumerate(rows())]
    assert find_faults(warm, Limits()) == []


@pytest.mark.parametrize(
    ("growth", "told"),
    [
        ({"memory_mb": 25}, "memory grew by 25 MB"),
        ({"descriptors": 30}, "descriptors grew by 30"),
        ({"threads": 6}, "threads grew by 6"),
        ({"p95_ms": 80}, "p95 grew by 80 ms"),
    ],
)
def test_what_grows_is_told(growth, told):
    assert find_faults(rows(**growth), Limits()) == [told]


def test_calls_that_failed_are_told():
    failed = [*rows(), replace(FLAT, at_s=1800, failed=2)]
    assert find_faults(failed, Limits()) == ["2 calls were not answered, or with 5xx"]


def test_a_slope_is_the_middle_of_all_slopes():
    assert slope_of([0, 1, 2, 3, 4], [0, 1, 2, 3, 99]) == 1
    assert slope_of([1], [5]) == 0


@pytest.mark.slow
def test_half_a_minute_of_school_leaves_nothing_open(tmp_path):
    """The short form of `python -m tests.soak`, at a pace that any machine keeps."""
    with (
        (tmp_path / "log").open("w") as log,
        running_server(tmp_path / "data", log=log, ROOMTONE_DASHBOARD="off") as server,
    ):
        result = soak(
            server,
            seconds=20,
            row_seconds=4,
            lesson_seconds=8,
            rate=10,
            limits=Limits(memory_mb=150, descriptors=60, threads=60, p95_ms=10_000),
        )
    assert result.faults == []
    assert sum(row.answered for row in result.rows) > 50
    assert result.events > 0
