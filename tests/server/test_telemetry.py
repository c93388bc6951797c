"""Spans that a real collector receives, and what is never in them."""

import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from starlette.testclient import TestClient

from model.emotions import EMOTIONS
from server.app import create_app
from server.settings import WrongSetting, read_settings
from server.telemetry import CLOSE_SECONDS
from tests.pictures import astronaut, jpeg
from tests.server.conftest import TOKEN, Classroom, StoppedClock, path_of
from tests.servers import free_port, running_server

STAGES = {"welcome", "receive", "queue", "decode", "find", "pose", "crop", "classify", "commit"}
STAGES |= {"answer"}


class Collector:
    """A small HTTP server that keeps what OpenTelemetry sends it."""

    def __init__(self):
        kept = self.bodies = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                kept.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def spans(self):
        proto = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
        told = []
        for _, body in self.bodies:
            request = proto.ExportTraceServiceRequest()
            request.ParseFromString(body)
            for resource in request.resource_spans:
                told += [span for scope in resource.scope_spans for span in scope.spans]
        return told


def attributes(span):
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


@pytest.fixture
def collector():
    pytest.importorskip(
        "opentelemetry.exporter.otlp.proto.http", reason="needs the extra telemetry"
    )
    collector = Collector()
    yield collector
    collector.server.shutdown()
    collector.server.server_close()


@pytest.fixture
def traced(tmp_path, sqlite_url, pipeline, collector):
    """Opens a class whose server sends spans; what is left is sent when it closes."""
    settings = read_settings(
        data_dir=tmp_path, database_url=sqlite_url, teacher_token=TOKEN,
        source_frames_per_second=1000, telemetry_endpoint=collector.url,
    )  # fmt: skip
    app = create_app(settings, pipeline=pipeline, clock=(clock := StoppedClock()))
    with TestClient(app) as client:
        yield Classroom(client, clock, app)


@pytest.fixture
def lesson(traced, collector):
    """What a lesson of one student told the collector, and what must not be in it."""
    session = traced.start()
    code = session["join_code"]
    joined = traced.client.post("/api/v1/join", json={"join_code": code}).json()
    source = {"Authorization": f"Bearer {joined['token']}"}
    picture = jpeg(astronaut())
    request_id = "0123456789abcdef"
    sent = traced.client.post(
        path_of(session, "/frames"), content=picture,
        headers={**source, "Frame-Seq": "1", "Content-Type": "image/jpeg",
                 "X-Request-Id": request_id,
                 "traceparent": "00-" + "5ec4e7" * 5 + "5e-" + "5ec4e75ec4e75ec4-01"},
    )  # fmt: skip
    assert sent.json()["outcome"] == "counted"
    assert traced.send(session, source, 2, b"no picture").status_code == 400
    traced.say(session, source, 3)
    traced.client.get(f"/api/v1/join/{code}")
    traced.client.get(f"/api/v1/nothing/{joined['token']}?token={TOKEN}")
    traced.mood(session)
    traced.app.state.telemetry.close()
    secrets = [TOKEN, code, joined["token"], session["session_id"], "5ec4e7", "Biology"]
    secrets += [joined["source_id"]] if "source_id" in joined else []
    return collector, secrets, picture, request_id


def test_a_frame_is_a_span_with_a_child_for_each_stage(lesson):
    collector, _, _, request_id = lesson
    spans = collector.spans()
    (frame,) = [s for s in spans if attributes(s).get("roomtone.request_id") == request_id]
    assert frame.name == "POST /api/v1/sessions/{session_id}/frames"
    assert attributes(frame) == {
        "http.request.method": "POST",
        "http.route": "/api/v1/sessions/{session_id}/frames",
        "http.response.status_code": 200,
        "roomtone.request_id": request_id,
        "roomtone.kind": "frame",
        "roomtone.verdict": "counted",
    }
    children = [span for span in spans if span.parent_span_id == frame.span_id]
    assert {span.name for span in children} == STAGES
    assert all(span.trace_id == frame.trace_id and not span.attributes for span in children)
    for span in children:
        assert frame.start_time_unix_nano <= span.start_time_unix_nano
        assert span.start_time_unix_nano <= span.end_time_unix_nano <= frame.end_time_unix_nano
    order = sorted(children, key=lambda span: span.start_time_unix_nano)
    assert [span.name for span in order[:3]] == ["welcome", "receive", "queue"]
    assert order[-1].name == "answer"


def test_what_is_refused_says_why_and_claims_no_commit(lesson):
    collector = lesson[0]
    spans = collector.spans()
    (refused,) = [s for s in spans if attributes(s).get("roomtone.verdict") == "unreadable"]
    assert attributes(refused)["http.response.status_code"] == 400
    names = {span.name for span in spans if span.parent_span_id == refused.span_id}
    assert names == {"welcome", "receive"}


def test_a_self_report_is_committed_without_being_read(lesson):
    spans = lesson[0].spans()
    (said,) = [s for s in spans if attributes(s).get("roomtone.kind") == "self_report"]
    names = {span.name for span in spans if span.parent_span_id == said.span_id}
    assert names == {"welcome", "receive", "commit", "answer"}


def test_no_token_code_session_emotion_or_picture_is_in_what_is_sent(lesson):
    collector, secrets, picture, _ = lesson
    everything = b"".join(body for _, body in collector.bodies)
    assert {path for path, _ in collector.bodies} == {"/v1/traces"}
    assert len(collector.spans()) > 10
    for secret in [*secrets, *EMOTIONS, "following"]:
        assert secret.encode() not in everything, secret
    for at in range(100, len(picture) - 16, 997):
        assert picture[at : at + 16] not in everything
    for named in {value for span in collector.spans() for value in attributes(span).values()}:
        assert "?" not in str(named)


def test_fastapi_tells_nothing_of_its_own_whatever_the_environment_says(collector, tmp_path):
    asked_for = {
        "FASTAPI_OTEL_AUTO_CONFIGURE": "true",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "50",
        "ROOMTONE_DASHBOARD": "off",
        "ROOMTONE_READING": "threads",
    }
    with running_server(tmp_path, **asked_for) as server, server.teacher as teacher:
        teacher.get(f"/api/v1/join/K7MQ-2RXD?token={TOKEN}")
    assert collector.bodies == []


def test_nothing_is_imported_or_sent_unless_it_is_asked_for(tmp_path, sqlite_url, pipeline):
    app = create_app(read_settings(data_dir=tmp_path, database_url=sqlite_url), pipeline=pipeline)
    assert app.state.telemetry is None
    app.state.service.database.close()
    code = "import sys, server.app; sys.exit('opentelemetry.sdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_the_extra_the_start_ends_in_one_sentence(tmp_path):
    code = (
        "import sys; sys.modules['opentelemetry.sdk.trace'] = None\n"
        "import roomtone; sys.argv = ['roomtone', 'serve']; roomtone.main()"
    )
    environment = {
        "ROOMTONE_DATA_DIR": str(tmp_path), "ROOMTONE_PORT": str(free_port()),
        "ROOMTONE_DASHBOARD": "off", "ROOMTONE_TELEMETRY_ENDPOINT": "http://127.0.0.1:1",
    }  # fmt: skip
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "extra “telemetry”" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_endpoint_that_is_no_address_is_refused(tmp_path):
    with pytest.raises(WrongSetting, match="ROOMTONE_TELEMETRY_ENDPOINT"):
        read_settings(telemetry_endpoint="localhost:4318")


def test_a_collector_that_is_away_costs_no_frame_and_keeps_no_server_from_stopping(tmp_path):
    pytest.importorskip(
        "opentelemetry.exporter.otlp.proto.http", reason="needs the extra telemetry"
    )
    away = {"ROOMTONE_TELEMETRY_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    with (
        running_server(tmp_path, ROOMTONE_DASHBOARD="off", **away) as server,
        server.teacher as teacher,
    ):
        session = teacher.post("/api/v1/sessions", json={"title": "Biology 9b"}).json()
        answer = teacher.post(
            path_of(session, "/frames"), content=jpeg(astronaut()),
            headers={"Frame-Seq": "1", "Content-Type": "image/jpeg"},
        )  # fmt: skip
        assert answer.json()["outcome"] == "counted"
        server.process.terminate()
        server.process.wait(CLOSE_SECONDS + 5)  # a timeout is an error
