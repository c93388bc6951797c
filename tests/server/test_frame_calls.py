"""A frame is answered alike by the short way and by the route that /docs describes."""

import json

import numpy as np
import pytest

from model.faces import Faces
from model.pipeline import FrameReading
from model.pose import Pose
from server.schemas import FrameAnswer, Outcome
from server.wire import faces_of_reading, write_frame_answer
from tests.server.conftest import path_of, refused

SHORT, ROUTE = "Bearer", "bearer"
"""The scheme of the token in small letters is right as well, and only the route knows it."""


@pytest.fixture(params=[SHORT, ROUTE])
def send(request, classroom, session, token, portrait):
    """Send something by one of the two ways; say which by the token's scheme."""
    secret = token["Authorization"].split()[1]

    def send(seq, data=portrait, of=session, secret=secret, **headers):
        told = {"Content-Type": "image/jpeg", "Authorization": f"{request.param} {secret}"}
        told |= {"Frame-Seq": str(seq)} | {k.replace("_", "-"): v for k, v in headers.items()}
        return classroom.client.post(path_of(of, "/frames"), content=data, headers=told)

    return send


def metric(classroom, line):
    return any(row.startswith(line) for row in classroom.client.get("/metrics").text.splitlines())


def test_a_frame_is_counted_and_its_answer_is_as_described(classroom, session, send):
    answer = send(1)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert len(answer.headers["x-request-id"]) == 16
    told = FrameAnswer.model_validate_json(answer.text)
    assert told.outcome is Outcome.COUNTED
    assert (len(told.faces), sum(told.counts.values())) == (1, 1)
    again = FrameAnswer.model_validate_json(send(1).text)
    assert (again.outcome, again.faces, again.seq) == (Outcome.DUPLICATE, [], 1)
    assert classroom.mood(session)["session"]["frames"] == 1


def test_its_request_is_in_the_metrics_under_the_routes_path(classroom, send):
    send(1)
    route = 'method="POST",route="/api/v1/sessions/{session_id}/frames",status="200"'
    assert metric(classroom, f"roomtone_requests_total{{{route}}} 1.0")
    assert metric(classroom, 'roomtone_counted_total{kind="frame"} 1.0')


@pytest.mark.parametrize("seq", ["-1", "x", str(2**63), "1" * 40, ""])
def test_a_number_that_is_none_is_refused(send, seq):
    assert "Frame-Seq" in refused(send(seq), 422)


def test_a_token_of_another_session_or_of_nobody_is_refused(classroom, send):
    refused(send(1, of=classroom.start()), 403)
    refused(send(1, secret="nobody's"), 401)


def test_the_teachers_token_sends_frames_of_the_window(classroom, session, send):
    secret = classroom.teacher["Authorization"].split()[1]
    assert send(1, secret=secret).json()["outcome"] == "counted"


def test_what_is_no_picture_is_refused_with_a_sentence(classroom, send):
    refused(send(1, Content_Type="text/plain"), 415)
    refused(send(1, b"no picture"), 400)
    refused(send(1, b"\xff\xd8\xff" + bytes(5_000_000)), 413)
    refused(send(1, b"\xff\xd8\xff\xe0"), 400)
    for reason in ("not_a_picture", "too_large", "unreadable"):
        assert metric(classroom, f'roomtone_refused_total{{kind="frame",reason="{reason}"}}')
    assert send(1).json()["outcome"] == "counted"


def test_an_expired_token_is_refused_also_when_it_was_read_before(classroom, send):
    assert send(1).status_code == 200
    classroom.clock.now += 13 * 3600
    assert "expired" in refused(send(2), 401)


def test_the_answer_written_by_hand_is_the_model():
    random = np.random.default_rng(7)
    told = random.dirichlet(np.ones(7), 9).astype(np.float32)
    faces = Faces(
        random.uniform(-20, 1000, (9, 4)).astype(np.float32),
        random.uniform(-20, 1000, (9, 5, 2)).astype(np.float32),
        random.uniform(0, 1.000001, 9).astype(np.float32),
    )
    poses = [Pose(*random.uniform(-90, 90, 3)) for _ in range(9)]
    reading = FrameReading(1280, 720, faces, told, poses, {})
    model = FrameAnswer(
        outcome=Outcome.COUNTED,
        seq=2**63 - 1,
        faces=faces_of_reading(reading),
        counts=reading.counts,
        network_version="1.0 “ü”",
    )
    written = write_frame_answer(Outcome.COUNTED, 2**63 - 1, reading, "1.0 “ü”")
    assert json.loads(written) == model.model_dump(mode="json")
