"""The load generator against servers that answer, refuse, go away and keep silent."""

import asyncio
import io
import json

import pytest

from bench import generator as generator_module
from bench.figures import LoadStep
from bench.generating import GeneratorLost, GeneratorProcess, carry_out
from bench.generator import Generator
from bench.plan import Order
from bench.sent import Record
from tests.benching.sample import COUNTED, Answering, answer, fake_server

FRAMES = [b"first frame", b"second"]
OPEN = Order(kind="open", seconds=0.4, sources=5, rate=100)


def load(answering: Answering, order: Order = OPEN) -> Record:
    async def run() -> Record:
        async with fake_server(answering) as addresses:
            generator = Generator(addresses, FRAMES)
            try:
                return await generator.run(order)
            finally:
                generator.close()

    return asyncio.run(run())


def sum_up(answering: Answering, order: Order = OPEN) -> LoadStep:
    return load(answering, order).sum_up()


def test_every_planned_frame_is_sent_with_its_sources_token_and_rising_numbers():
    seen: dict[str, list[int]] = {}

    async def count(fields, body):
        assert fields["request"] == "POST /frames HTTP/1.1"
        assert fields["content-type"] == "image/jpeg"
        assert body in FRAMES
        seen.setdefault(fields["authorization"], []).append(int(fields["frame-seq"]))
        return answer(200, COUNTED)

    step = sum_up(count)
    assert step.planned == step.accepted == sum(map(len, seen.values())) == 40
    assert seen == {f"bearer token-{n}": list(range(1, 9)) for n in range(5)}
    assert (step.fewest_of_a_source, step.most_of_a_source, step.fairness) == (8, 8, 1)
    assert step.accepted_latency.p50_ms is not None


def test_refusals_are_told_apart_by_status_and_duplicates_are_not_counted():
    async def refuse(fields, _):
        return {
            0: answer(200, COUNTED),
            1: answer(429, Retry_After="2"),
            2: answer(503),
            3: answer(200, b'{"outcome":"duplicate","seq":1}'),
        }[int(fields["frame-seq"]) % 4]

    step = sum_up(refuse)
    assert (step.accepted, step.busy, step.refused, step.duplicate) == (10, 10, {"503": 10}, 10)
    assert step.errors == step.busy_without_retry_after == 0
    assert step.busy_latency.p50_ms is not None


def test_a_refusal_without_retry_after_is_noticed():
    async def refuse(*_):
        return answer(429)

    assert sum_up(refuse).busy_without_retry_after == 40


def test_a_source_that_heeds_retry_after_lets_pass_what_comes_due():
    async def refuse(*_):
        return answer(429, Retry_After="60")

    step = sum_up(refuse, OPEN.model_copy(update={"honours": True}))
    assert (step.busy, step.skipped, step.errors) == (5, 35, 0)


def test_waiting_for_a_slow_server_counts_from_the_planned_moment():
    async def dawdle(fields, _):
        await asyncio.sleep(0.3 if fields["frame-seq"] == "1" else 0)
        return answer(200, COUNTED)

    record = load(dawdle, Order(kind="open", seconds=0.4, sources=1, rate=20))
    assert [frame.answer.status for frame in record.frames] == [200] * 8
    # The frames due while the first was under way were answered at once, but had waited.
    waited = [frame.seconds for frame in record.frames]
    assert waited[0] >= 0.3
    assert waited[1] >= 0.2
    assert waited[1] > waited[2] > waited[3]


def test_a_server_that_hangs_up_costs_one_frame_and_not_the_source():
    async def hang_up(fields, _):
        return answer(200, COUNTED) if int(fields["frame-seq"]) % 2 else None

    step = sum_up(hang_up)
    assert step.accepted == step.errors == 20


def test_a_connection_that_was_closed_meanwhile_is_opened_anew_under_the_same_number():
    numbers: list[str] = []

    async def close_after(fields, _):
        numbers.append(fields["frame-seq"])
        return answer(200, COUNTED, Connection="close")

    step = sum_up(close_after)
    assert (step.accepted, step.errors) == (40, 0)
    assert len(numbers) == 40


def test_a_frame_that_waits_for_a_connection_that_closes_is_sent_on_the_next_one():
    async def answer_late_and_close(*_):
        await asyncio.sleep(0.03)  # meanwhile the source's next frame is due
        return answer(200, COUNTED, Connection="close")

    step = sum_up(answer_late_and_close, Order(kind="open", seconds=0.4, sources=1, rate=50))
    assert (step.planned, step.accepted, step.errors) == (20, 20, 0)


def test_nonsense_in_place_of_http_is_an_error():
    async def babble(*_):
        return b"I am no server\r\n\r\n"

    step = sum_up(babble)
    assert (step.accepted, step.errors) == (0, 40)


def test_a_port_where_nobody_listens_is_an_error_a_frame():
    async def run() -> LoadStep:
        async with fake_server(lambda *_: None) as addresses:
            pass
        await asyncio.sleep(0.05)
        return (await Generator(addresses, FRAMES).run(OPEN)).sum_up()

    assert asyncio.run(run()).errors == 40


def test_frames_that_are_never_answered_are_errors_in_the_end(monkeypatch):
    monkeypatch.setattr(generator_module, "DRAIN_SECONDS", 0.1)

    async def keep_silent(*_):
        await asyncio.sleep(60)

    step = sum_up(keep_silent)
    assert (step.planned, step.errors, step.accepted) == (40, 40, 0)


def test_a_closed_loop_keeps_one_frame_of_each_source_under_way():
    under_way, most = 0, 0

    async def count(*_):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.02)
        under_way -= 1
        return answer(200, COUNTED)

    step = sum_up(count, Order(kind="closed", seconds=0.3, sources=3))
    assert most == 3
    assert step.planned == step.accepted > 3


def test_trouble_is_what_was_refused_or_slow_and_lasts_until_the_last_of_it():
    async def recover(fields, _):
        return answer(200, COUNTED) if int(fields["frame-seq"]) > 4 else answer(503)

    record = load(recover, Order(kind="open", seconds=0.4, sources=1, rate=20))
    assert 0.15 <= record.last_trouble() < 0.2
    assert record.sum_up().refused == {"503": 4}


def test_the_process_carries_out_orders_line_by_line_and_ends_with_its_input(tmp_path):
    frame = tmp_path / "frame.jpg"
    frame.write_bytes(b"frame")
    start = {"addresses": [], "frames": [str(frame)]}
    told = io.StringIO()
    carry_out(io.StringIO(json.dumps(start) + "\n"), told)
    assert told.getvalue() == ""
    carry_out(io.StringIO(""), told)


def test_a_generator_that_dies_is_told_of(tmp_path):
    process = GeneratorProcess([], [tmp_path / "no-such-frame.jpg"], tmp_path)
    try:
        with pytest.raises(GeneratorLost, match="no-such-frame"):
            process.run(OPEN, lambda: None)
    finally:
        process.close()
    assert process.process.poll() is not None
