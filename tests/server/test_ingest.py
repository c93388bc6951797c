"""What a frame is told before it is received, and which number and network it is answered."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from server.engine import Busy
from server.ingest import Ingest
from server.keyring import SourceTicket
from server.pace import Pace
from server.refusals import ServerBusy
from server.store.database import DatabaseUnavailable


class FullEngine:
    """An engine whose queue is always full."""

    working = True

    def busy(self, source_id=""):
        return Busy(3)

    def forget(self, source_id):
        raise AssertionError("nobody left")

    async def submit(self, frame):
        raise AssertionError("nothing should be submitted")

    async def close(self):
        pass


class RoomyEngine(FullEngine):
    """An engine that always has room."""

    def busy(self, source_id=""):
        return None


def join(classroom, **changes):
    session = classroom.start(**changes)
    token = classroom.join(session)
    return session, token


def ticket_for(classroom, token) -> SourceTicket:
    service = classroom.app.state.service
    return service.keyring.read_source(token["Authorization"].split()[1], now=service.now())


def ingest_with(classroom, engine) -> Ingest:
    database = classroom.app.state.service.database
    return Ingest(database, engine, "1", Pace(1000, 1000), classroom.clock)


def test_a_full_queue_refuses_before_the_picture_is_received(classroom):
    _, token = join(classroom)
    ingest = ingest_with(classroom, FullEngine())

    async def open_frame():
        raise AssertionError("the body was read")

    with pytest.raises(ServerBusy) as caught:
        asyncio.run(ingest.take_frame(ticket_for(classroom, token), 1, open_frame))
    assert caught.value.retry_after == 3


def test_a_full_queue_refuses_before_sql_is_asked(classroom):
    nobody = SourceTicket("no such session", "no such source")
    with pytest.raises(ServerBusy):
        asyncio.run(ingest_with(classroom, FullEngine()).take_frame(nobody, 1, None))


def test_who_is_known_is_looked_up_again_after_the_database_failed(classroom):
    class FailingEngine(RoomyEngine):
        async def submit(self, frame):
            raise DatabaseUnavailable("It is away.")

    async def open_frame():
        return b"a picture"

    _, token = join(classroom)
    ingest, ticket = ingest_with(classroom, FailingEngine()), ticket_for(classroom, token)
    with pytest.raises(DatabaseUnavailable):
        asyncio.run(ingest.take_frame(ticket, 1, open_frame))
    assert ingest.known.recall(ticket.session_id, ticket.source_id) is None


def test_whoever_leaves_is_forgotten_by_the_engine_too(classroom):
    forgotten = []

    class ForgetfulEngine(RoomyEngine):
        def forget(self, source_id):
            forgotten.append(source_id)

    _, token = join(classroom)
    ticket = ticket_for(classroom, token)
    asyncio.run(ingest_with(classroom, ForgetfulEngine()).leave(ticket))
    assert forgotten == [ticket.source_id]


def test_only_so_many_pictures_are_received_at_once(classroom):
    _, token = join(classroom)
    ingest = ingest_with(classroom, RoomyEngine())

    @asynccontextmanager
    async def all_receiving():
        for _ in range(64):
            await ingest.receiving.acquire()
        yield

    async def run():
        async with all_receiving():
            await ingest.take_frame(ticket_for(classroom, token), 1, None)

    with pytest.raises(ServerBusy):
        asyncio.run(run())


def test_a_retry_after_the_end_is_told_that_it_was_counted(classroom, portrait):
    session, token = join(classroom)
    assert classroom.send(session, token, 5, portrait).json()["outcome"] == "counted"
    path = f"/api/v1/sessions/{session['session_id']}"
    classroom.client.post(f"{path}/end", headers=classroom.teacher)
    again = classroom.send(session, token, 5, portrait)
    assert (again.status_code, again.json()["outcome"]) == (200, "duplicate")
    assert classroom.send(session, token, 6, portrait).status_code == 409


def test_a_simulated_session_takes_no_real_frame(classroom, portrait):
    session, token = join(classroom, simulated=True)
    for sender in (token, classroom.teacher):
        refused = classroom.send(session, sender, 1, portrait)
        assert refused.status_code == 403
        assert "simulated" in refused.json()["detail"]
    assert classroom.mood(session)["session"]["frames"] == 0


def test_an_invented_reading_is_never_answered_with_the_networks_version(classroom):
    session, token = join(classroom, simulated=True)
    path = f"/api/v1/sessions/{session['session_id']}/readings"
    for outcome in ("counted", "duplicate"):
        answer = classroom.client.post(
            path, json={"faces": [{"happy": 1}]}, headers={**token, "Frame-Seq": "1"}
        ).json()
        assert (answer["outcome"], answer["network_version"]) == (outcome, "simulated")
