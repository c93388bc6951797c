"""Received = counted + duplicate + refused: whatever a source sends ends in exactly one place."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client.parser import text_string_to_metric_families

from server.bookkeeping import KeepLedger
from server.ledger import Ledger, Reason, Sent
from server.metrics import Metrics
from server.schemas import Outcome
from server.store.database import DatabaseUnavailable
from tests.pictures import astronaut, claim_jpeg_size, grey, jpeg
from tests.server.conftest import path_of

WHOLE = jpeg(astronaut())
SMALL = jpeg(grey())


def books(told: str) -> dict[str, dict]:
    """Read the ledger from a scrape: of each kind what was received, and what became of it."""
    found: dict[str, dict] = {sent: {"refused": {}} for sent in Sent}
    for family in text_string_to_metric_families(told):
        for sample in family.samples:
            name = re.sub(r"^roomtone_|_total$", "", sample.name)
            if name == "refused":
                found[sample.labels["kind"]]["refused"][sample.labels["reason"]] = sample.value
            elif name in ("received", "counted", "duplicate", "open", "committed"):
                found[sample.labels["kind"]][name] = sample.value
    return found


def balanced(told: str) -> dict[str, dict]:
    """Check the books of a scrape and return them."""
    found = books(told)
    for kind, account in found.items():
        settled = account["counted"] + account["duplicate"] + sum(account["refused"].values())
        assert account["received"] == settled + account["open"], kind
        assert account["counted"] <= account["committed"], kind
    return found


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


@pytest.fixture
def look(classroom):
    """Return the balanced books of a classroom."""
    return lambda: balanced(classroom.client.get("/metrics").text)


def refused_for(account):
    return {reason: number for reason, number in account["refused"].items() if number}


def test_what_is_taken_is_counted_or_a_duplicate_and_committed_once(
    classroom, session, token, look
):
    for seq in (1, 1, 2):
        classroom.send(session, token, seq, WHOLE)
    for seq in (3, 3):
        classroom.say(session, token, seq)
    found = look()
    assert found["frame"] == {
        "received": 3, "counted": 2, "duplicate": 1, "committed": 2, "open": 0,
        "refused": dict.fromkeys(Reason, 0),
    }  # fmt: skip
    assert (found["self_report"]["counted"], found["self_report"]["duplicate"]) == (1, 1)
    assert found["self_report"]["committed"] == 1


BAD_PICTURES = {
    Reason.UNREADABLE: (WHOLE[:100], "image/jpeg"),
    Reason.NOT_A_PICTURE: (WHOLE, "text/plain"),
    Reason.TOO_LARGE: (b"x" * 6_000_000, "image/jpeg"),
    Reason.TOO_MANY_PIXELS: (claim_jpeg_size(WHOLE, 20_000, 20_000), "image/jpeg"),
}


@pytest.mark.parametrize("reason", BAD_PICTURES)
def test_a_picture_that_is_no_good_is_refused_for_what_is_wrong(
    classroom, session, token, look, reason
):
    classroom.send(session, token, 1, *BAD_PICTURES[reason])
    assert refused_for(look()["frame"]) == {reason: 1}


def test_each_refusal_has_its_reason(classroom, session, token, look):
    client, reading = classroom.client, {"json": {"faces": []}}
    simulated, ended = classroom.start(simulated=True), classroom.start()
    spoken = classroom.start(camera=False)
    no_answers = classroom.start(self_report=False)
    of_ended, left = classroom.join(ended), classroom.join(session)
    classroom.end(ended)
    classroom.leave(session, left)
    classroom.send(session, {}, 1, WHOLE)
    classroom.send(session, {"Authorization": "Bearer nonsense"}, 1, WHOLE)
    classroom.send(ended, token, 1, WHOLE)
    classroom.send({"session_id": "nope"}, classroom.teacher, 1, WHOLE)
    classroom.send(simulated, classroom.teacher, 1, WHOLE)
    classroom.send(spoken, classroom.teacher, 1, WHOLE)
    classroom.send(ended, of_ended, 1, WHOLE)
    classroom.send(session, left, 1, WHOLE)
    classroom.send(session, token, "x", WHOLE)
    client.post(path_of(session, "/readings"), headers={**token, "Frame-Seq": "1"}, **reading)
    classroom.say(no_answers, classroom.join(no_answers), 1)
    classroom.say(session, token, 1, "sleeping")
    large = {**token, "Frame-Seq": "1", "Content-Type": "application/json"}
    client.post(path_of(session, "/self-reports"), content=b"[" * 70_000, headers=large)
    client.post(path_of(session, "/self-reports"), content=b"\xff\xfe", headers=large)
    found = look()
    assert refused_for(found["frame"]) == {
        "not_signed_in": 2, "wrong_token": 1, "not_found": 1, "simulated": 1, "no_camera": 1,
        "ended": 1, "left": 1, "invalid": 1,
    }  # fmt: skip
    assert refused_for(found["reading"]) == {"not_simulated": 1}
    assert refused_for(found["self_report"]) == {
        "no_self_report": 1, "invalid": 2, "too_large": 1
    }  # fmt: skip
    assert found["frame"]["received"] == 9
    assert found["self_report"]["received"] == 4


def test_other_calls_are_not_in_the_books(classroom, session, token, look):
    classroom.client.get(path_of(session, "/frames"), headers=token)
    classroom.client.post(path_of(session, "/frames/1"), headers=token)
    classroom.look(session, token)
    assert all(account["received"] == 0 for account in look().values())


def test_a_line_break_after_the_address_gets_nothing_past_the_books(
    classroom, session, token, look
):
    path = path_of(session, "/frames%0A")
    kind = {"Content-Type": "image/jpeg", "Frame-Seq": "1"}
    answer = classroom.client.post(path, content=WHOLE, headers={**token, **kind})
    found = look()["frame"]
    assert found["received"] == (1 if answer.status_code == 200 else found["received"])
    assert found["counted"] == (answer.status_code == 200)


def test_too_fast_and_busy_are_told_apart(slow_classroom):
    session = slow_classroom.start()
    source = slow_classroom.join(session)
    for seq in range(1, 6):
        slow_classroom.send(session, source, seq, SMALL)
    engine = slow_classroom.app.state.service.ingest.engine
    engine._limit = 0
    slow_classroom.send(session, slow_classroom.teacher, 1, SMALL)
    found = balanced(slow_classroom.client.get("/metrics").text)["frame"]
    assert found["counted"] == 4
    assert refused_for(found) == {"too_fast": 1, "busy": 1}


def test_a_database_that_is_away_a_server_that_stops_and_a_fault_of_ours(
    classroom, session, token, look, monkeypatch
):
    engine = classroom.app.state.service.ingest.engine

    def fail_with(error):
        async def submit(_):
            raise error

        monkeypatch.setattr(engine, "submit", submit)

    fail_with(DatabaseUnavailable("It is away."))
    assert classroom.send(session, token, 1, WHOLE).status_code == 503
    fail_with(RuntimeError("a fault"))
    assert classroom.send(session, token, 1, WHOLE).status_code == 500
    engine._closed = True
    assert classroom.send(session, token, 1, WHOLE).status_code == 503
    engine._closed = False
    assert refused_for(look()["frame"]) == {"database": 1, "fault": 1, "stopping": 1}


def test_what_is_counted_stays_counted_though_its_answer_fails(
    classroom, session, token, look, monkeypatch
):
    monkeypatch.setattr("server.frame_calls.write_frame_answer", None)
    assert classroom.send(session, token, 1, WHOLE).status_code == 500
    found = look()["frame"]
    assert (found["counted"], found["committed"], refused_for(found)) == (1, 1, {})


def test_under_way_is_received_and_open():
    ledger = Ledger()
    for _ in range(3):
        ledger.receive(Sent.FRAME)
    ledger.settle(Sent.FRAME, Outcome.COUNTED)
    ledger.settle(Sent.FRAME, Reason.BUSY)
    account = ledger.read()[Sent.FRAME]
    assert (account.received, account.open) == (3, 1)


def test_the_books_balance_at_every_moment_while_many_threads_write():
    ledger = Ledger()

    def send(number):
        for _ in range(300):
            ledger.receive(Sent.FRAME)
            ledger.settle(Sent.FRAME, Outcome.COUNTED if number % 2 else Reason.BUSY)

    with ThreadPoolExecutor(8) as pool:
        writing = [pool.submit(send, number) for number in range(8)]
        while not all(each.done() for each in writing):
            assert 0 <= ledger.read()[Sent.FRAME].open <= 8
    assert ledger.read()[Sent.FRAME].open == 0
    assert ledger.read()[Sent.FRAME].received == 2400


def test_a_request_that_is_cancelled_is_settled_too():
    async def never_answer(scope, receive, send):
        await asyncio.Event().wait()

    async def run():
        metrics = Metrics()
        scope = {"type": "http", "method": "POST", "path": "/api/v1/sessions/x/frames"}
        request = asyncio.create_task(KeepLedger(never_answer, metrics)(scope, None, None))
        await asyncio.sleep(0)
        assert metrics.ledger.read()[Sent.FRAME].open == 1
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        return metrics.ledger.read()[Sent.FRAME]

    account = asyncio.run(run())
    assert (account.open, account.refused[Reason.STOPPING]) == (0, 1)
