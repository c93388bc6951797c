"""Any request at all: never a 5xx, always what OpenAPI promises."""

import random

import pytest

from tests.fuzzing.calls import find_faults, invent_calls
from tests.fuzzing.school import furnish
from tests.pictures import astronaut, jpeg, png, webp
from tests.servers import running_server


@pytest.mark.slow
def test_every_call_answers_any_request_of_anybody_as_openapi_says(tmp_path):
    """The short form of `python -m tests.fuzzing.calls`."""
    pytest.importorskip("schemathesis", reason="comes with the check extra: make check")
    options = ["--max-examples", "8", "--phases", "examples,coverage,fuzzing", "--seed", "1"]
    with (
        (tmp_path / "log").open("w") as log,
        running_server(tmp_path / "data", log=log, ROOMTONE_DASHBOARD="off") as server,
    ):
        school = furnish(server.teacher, tmp_path)
        for who, code, printed in invent_calls(server, school, tmp_path, options):
            assert code == 0, f"as {who}: {printed[-5000:]}"
        assert find_faults(server) == []


def test_hundreds_of_mutilated_pictures_are_all_answered_kindly(classroom):
    session = classroom.start()
    source = classroom.join(session)
    dice = random.Random(1)
    face = astronaut()[:200, 100:320]
    whole = [
        (jpeg(face), "image/jpeg"),
        (png(face[:60, :60]), "image/png"),
        (webp(face), "image/webp"),
    ]
    statuses: dict[int, int] = {}
    for seq in range(300):
        data, media_type = dice.choice(whole)
        answer = classroom.send(session, source, seq, mutilate(data, dice), media_type)
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
    assert set(statuses) <= {200, 400, 413, 415}, statuses
    counted = classroom.client.get(
        f"/api/v1/sessions/{session['session_id']}", headers=classroom.teacher
    ).json()["frames"]
    assert counted == statuses.get(200, 0)


def mutilate(data: bytes, dice: random.Random) -> bytes:
    """Flip bits, cut, double, or lie in the header."""
    way = dice.randrange(4)
    damaged = bytearray(data)
    if way == 0:
        for _ in range(dice.randint(1, 20)):
            damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
    elif way == 1:
        del damaged[dice.randrange(len(damaged)) :]
    elif way == 2:
        at = dice.randrange(len(damaged))
        damaged[at:at] = dice.randbytes(dice.randint(1, 200))
    else:
        for _ in range(dice.randint(1, 6)):
            damaged[dice.randrange(min(len(damaged), 64))] = dice.randrange(256)
    return bytes(damaged)
