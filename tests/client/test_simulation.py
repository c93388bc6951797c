import threading

import pytest
from starlette.testclient import TestClient

from client.simulation import SimulationRefused, simulate_class
from tests.client.fake_server import FakeServer


def simulate(server, *, until, students=6, token="teacher"):
    """Run a fast class until `until(server)`; return the number of readings counted."""
    stop = threading.Event()
    watcher = threading.Thread(target=_stop_when, args=(server, until, stop))
    watcher.start()
    try:
        return simulate_class(
            TestClient(server.app), token, stop=stop, students=students, interval=0.05
        )
    finally:
        stop.set()
        watcher.join()


def _stop_when(server, until, stop):
    while not until(server) and not stop.wait(0.01):
        pass
    stop.set()


def test_every_student_joins_as_a_source_and_sends_one_face_or_none():
    server = FakeServer()
    counted = simulate(server, until=lambda s: s.joined >= 4 and len(s.readings) > 40)
    sources = {source for source, _ in server.readings}
    assert len(sources) >= 4
    assert counted == len(server.readings)
    assert {len(reading.faces) for _, reading in server.readings} <= {0, 1}


def test_students_say_how_they_follow_once_in_a_while_and_the_first_scene_is_marked():
    server = FakeServer()
    simulate(server, until=lambda s: len(s.readings) > 60, students=12)
    said = [source for source, _ in server.self_reports]
    assert 1 <= len(said) == len(set(said)), "twice within 20 s"
    assert [marker.label for marker in server.markers] == ["Settling in"]


def test_the_session_is_marked_simulated_and_ended_at_the_end():
    server = FakeServer()
    simulate(server, until=lambda s: len(s.readings) > 2)
    assert server.sessions[0].simulated
    assert server.sessions[0].expected_students == 6
    assert server.ended


def test_a_lost_answer_does_not_count_twice():
    server = FakeServer(["lost"] * 3 + ["away"] * 2)
    simulate(server, until=lambda s: len(s.readings) > 20)
    assert sum(server.high_water.values()) == len(server.readings) + len(server.self_reports)


def test_a_busy_server_is_lived_with():
    server = FakeServer([429, 503] * 3, retry_after="0")
    simulate(server, until=lambda s: len(s.readings) > 20)
    assert len(server.readings) > 20


def test_it_stops_when_the_teacher_ends_the_session():
    server = FakeServer()
    counted = simulate(server, until=lambda s: len(s.readings) > 5 and setattr(s, "ended", True))
    assert counted >= 5


def test_a_wrong_token_is_told():
    with pytest.raises(SimulationRefused, match="not the teacher's token"):
        simulate(FakeServer(), until=lambda s: False, token="wrong")


def test_it_can_be_stopped_while_the_server_is_not_there():
    async def nobody(scope, receive, send):
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body"})

    stop = threading.Event()
    threading.Timer(0.1, stop.set).start()
    assert simulate_class(TestClient(nobody), "teacher", stop=stop) == 0
