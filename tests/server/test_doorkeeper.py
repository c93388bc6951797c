"""Join codes: what they lead to, and how wrong ones are held back."""

import pytest

from server.doorkeeper import WRONG_A_MINUTE, WRONG_A_MINUTE_OVERALL, Doorkeeper
from server.pace import Pace
from server.refusals import TooManyWrongCodes
from server.store.sessions import JoinCodeNotFound
from tests.hand_clock import HandClock

WRONG = "2222-3333"


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def doorkeeper(classroom, clock):
    paces = [Pace(n / 60, n, clock=clock) for n in (WRONG_A_MINUTE, WRONG_A_MINUTE_OVERALL)]
    return Doorkeeper(classroom.app.state.service.database, *paces)


def try_wrong(doorkeeper, address, times):
    """Return how many of these tries were looked at."""
    looked = 0
    for _ in range(times):
        try:
            doorkeeper.find_session(WRONG, address)
        except JoinCodeNotFound:
            looked += 1
        except TooManyWrongCodes:
            continue
    return looked


def test_who_guesses_is_held_back_even_with_a_right_code(classroom, doorkeeper, clock):
    code = classroom.start()["join_code"]
    assert try_wrong(doorkeeper, "192.0.2.1", 100) == WRONG_A_MINUTE
    with pytest.raises(TooManyWrongCodes):
        doorkeeper.find_session(code, "192.0.2.1")
    assert doorkeeper.find_session(code, "192.0.2.2").join_code == code  # nobody else
    clock.now += 60
    assert doorkeeper.find_session(code, "192.0.2.1").join_code == code


def test_right_codes_do_not_count_so_a_school_behind_one_address_gets_in(classroom, doorkeeper):
    code = classroom.start()["join_code"]
    for _ in range(10 * WRONG_A_MINUTE):
        doorkeeper.find_session(code, "192.0.2.1")
    assert try_wrong(doorkeeper, "192.0.2.1", 5) == 5


def test_many_addresses_together_are_held_back_too(doorkeeper):
    looked = sum(try_wrong(doorkeeper, f"192.0.2.{host}", 20) for host in range(100))
    assert looked == WRONG_A_MINUTE_OVERALL


def test_a_household_of_ipv6_is_one_address_and_so_is_a_mapped_ipv4(doorkeeper):
    looked = sum(try_wrong(doorkeeper, f"2001:db8::{host:x}", 1) for host in range(1, 90))
    assert looked == WRONG_A_MINUTE
    assert try_wrong(doorkeeper, "2001:db8:0:1::1", 1) == 1
    assert try_wrong(doorkeeper, "192.0.2.1", 100) == WRONG_A_MINUTE
    assert try_wrong(doorkeeper, "::ffff:192.0.2.1", 1) == 0


@pytest.mark.parametrize("address", ["", "testclient", "fe80::1%eth0", "256.1.1.1"])
def test_an_odd_address_is_one_like_any_other(doorkeeper, address):
    assert try_wrong(doorkeeper, address, 2) == 2


def test_wrong_codes_are_limited_for_every_way_in(classroom):
    """The invitation, the join and the page share one count."""
    session = classroom.start()
    client = classroom.client
    ways = [
        lambda code: client.get(f"/api/v1/join/{code}"),
        lambda code: client.post("/api/v1/join", json={"join_code": code}),
    ]
    statuses = [way(WRONG).status_code for _ in range(WRONG_A_MINUTE) for way in ways]
    assert statuses == [404] * WRONG_A_MINUTE + [429] * WRONG_A_MINUTE
    for way in ways:
        refused = way(session["join_code"])
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) >= 1
        assert "wrong join codes" in refused.json()["detail"]


def test_an_invitation_says_what_joining_means_and_joins_nobody(classroom):
    session = classroom.start(title="Chemie", camera=False, send_seconds=4)
    typed = session["join_code"].replace("-", " ").lower()
    told = classroom.client.get(f"/api/v1/join/{typed}")
    assert told.status_code == 200
    assert told.json() == {
        "join_code": session["join_code"],
        "session_title": "Chemie",
        "simulated": False,
        "camera": False,
        "self_report": True,
        "send_seconds": 4,
        "ended": False,
    }
    path = f"/api/v1/sessions/{session['session_id']}"
    assert classroom.client.get(path, headers=classroom.teacher).json()["joined"] == 0


def test_an_invitation_to_an_ended_session_says_so(classroom):
    session = classroom.start()
    path = f"/api/v1/sessions/{session['session_id']}"
    classroom.client.post(f"{path}/end", headers=classroom.teacher)
    assert classroom.client.get(f"/api/v1/join/{session['join_code']}").json()["ended"] is True
    joined = classroom.client.post("/api/v1/join", json={"join_code": session["join_code"]})
    assert joined.status_code == 409


@pytest.mark.parametrize("code", ["x", "ZZZZ-ZZZZ", "%00", "..%2Fsessions", "é" * 300])
def test_a_code_that_leads_nowhere_is_a_problem_with_a_sentence(classroom, code):
    told = classroom.client.get(f"/api/v1/join/{code}")
    assert told.status_code == 404
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json()["detail"].endswith(".")
