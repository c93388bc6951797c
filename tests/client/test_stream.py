import pytest
from starlette.testclient import TestClient

from client.ledger import Ledger
from client.pacing import Pace
from client.sender import (
    CannotJoin,
    ServerLost,
    SessionEnded,
    TicketRefused,
    join_session,
)
from client.stream import Listener, stream_clip
from tests.client.fake_clips import FakeClip
from tests.client.fake_server import CODE, FakeServer, FakeTime

THREE = (0, 1, 2)


def run(server, times=THREE, **options):
    """Stream a clip into the server; return the books and the time it took."""
    time, ledger = FakeTime(), Ledger()
    client = TestClient(server.app)
    ticket = join_session(client, CODE, time.clock)
    try:
        stream_clip(FakeClip(times), client, ticket, ledger, clock=time.clock, **options)
    finally:
        books = ledger.sent, ledger.counted + ledger.duplicate + ledger.busy + ledger.refused
        assert books[0] == books[1]
        server.books, server.time = ledger, time
    return ledger, time


def test_every_frame_is_sent_once_under_its_own_number():
    server = FakeServer()
    ledger, _ = run(server)
    assert server.seqs == [1, 2, 3]
    assert (ledger.sent, ledger.counted, ledger.faces, ledger.skipped) == (3, 3, 3, 0)
    assert ledger.counts["happy"] == 3
    assert ledger.now == "happy"


def test_a_frame_whose_answer_got_lost_is_sent_again_under_the_same_number():
    server = FakeServer(["lost"])
    ledger, _ = run(server)
    assert server.seqs == [1, 1, 2, 3]
    assert len(server.frames) == 3
    assert (ledger.counted, ledger.duplicate, ledger.reconnects) == (2, 1, 1)


@pytest.mark.parametrize("trouble", ["away", 500, 502, 503])
def test_a_server_that_is_away_is_waited_for_and_no_frame_is_counted_twice(trouble):
    server = FakeServer([trouble] * 3)
    ledger, time = run(server)
    assert ledger.reconnects == 3
    assert ledger.counted == len(server.frames)
    assert time.slept[0] > 0


def test_waiting_grows_longer_while_the_server_stays_away():
    _, time = run(FakeServer(["away"] * 4), times=[0])
    assert time.slept == [0.5, 1, 2, 4]


def test_a_server_away_for_longer_than_patience_is_given_up():
    with pytest.raises(ServerLost, match="no answer for 20 s"):
        run(FakeServer(["away"] * 50), patience=20)


def test_busy_is_waited_out_as_long_as_asked_and_the_newest_frame_goes_next():
    server = FakeServer([429], retry_after="3")
    ledger, time = run(server, times=[0, 1, 2, 4])
    assert time.slept[0] == 3
    assert (ledger.busy, ledger.counted, ledger.skipped) == (1, 2, 1)
    assert ledger.sent + ledger.skipped == 4


def test_with_all_frames_a_busy_server_gets_the_same_frame_again():
    server = FakeServer([429, 429])
    ledger, _ = run(server, pace=Pace(all_frames=True))
    assert server.seqs == [1, 1, 1, 2, 3]
    assert (ledger.busy, ledger.counted, ledger.skipped) == (2, 3, 0)


def test_a_refused_frame_is_told_and_the_next_one_goes_on():
    said = []
    ledger, _ = run(FakeServer([400]), listener=Listener(on_trouble=said.append))
    assert (ledger.refused, ledger.counted) == (1, 2)
    assert said == ["Trouble 400."]


def test_the_end_of_the_session_ends_the_stream():
    server = FakeServer(end_after=2)
    with pytest.raises(SessionEnded, match="has ended"):
        run(server)
    assert server.books.counted == 2


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_ticket_that_is_no_longer_taken_ends_the_stream(status):
    with pytest.raises(TicketRefused):
        run(FakeServer([status]))


def test_an_unknown_code_is_told_in_a_sentence():
    with pytest.raises(CannotJoin, match="No session has the join code ABCD-EFGH"):
        join_session(TestClient(FakeServer().app), "ABCD-EFGH", FakeTime().clock)


def test_an_ended_session_can_not_be_joined():
    server = FakeServer()
    server.ended = True
    with pytest.raises(CannotJoin, match="has ended"):
        join_session(TestClient(server.app), CODE, FakeTime().clock)


def test_something_else_than_roomtone_at_the_address_is_told_so():
    async def page(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"<html>It works!</html>"})

    with pytest.raises(CannotJoin, match="does not answer as a Roomtone server"):
        join_session(TestClient(page), CODE, FakeTime().clock)
