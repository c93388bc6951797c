"""What /metrics tells, and that it names nobody."""

import asyncio
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from server.folding import fold_until_stopped
from server.ledger import Reason, Sent
from server.store.database import DatabaseUnavailable
from tests.pictures import astronaut, jpeg
from tests.server.conftest import TOKEN, path_of

WHOLE = jpeg(astronaut())
STAGES = (
    *("welcome", "receive", "queue", "decode", "find", "pose", "crop", "classify"),
    *("commit_queue", "commit", "answer"),
)
LABELS = {
    "kind": set(Sent),
    "reason": set(Reason),
    "stage": set(STAGES),
    "outcome": {"done", "failed", "cancelled"},
    "method": {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "other"},
}
"""Every label there is, with all its values, but those that are checked otherwise below."""


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


@pytest.fixture
def samples(classroom):
    def scrape():
        told = classroom.client.get("/metrics").text
        return [s for family in text_string_to_metric_families(told) for s in family.samples]

    return scrape


@pytest.fixture
def value(samples):
    def read(name, **labels):
        found = [
            s.value for s in samples() if s.name == name and labels.items() <= s.labels.items()
        ]
        assert found, name
        return sum(found)

    return read


def test_a_counted_frame_goes_through_every_stage_once(classroom, session, token, value):
    classroom.send(session, token, 1, WHOLE)
    classroom.send(session, token, 1, WHOLE)  # a duplicate goes through none
    for stage in STAGES:
        assert value("roomtone_stage_seconds_count", stage=stage) == 1, stage
    assert value("roomtone_answer_seconds_count", kind="frame") == 1
    assert value("roomtone_faces_per_frame_count") == 1
    assert value("roomtone_faces_per_frame_sum") == value("roomtone_faces_total") == 1
    whole = value("roomtone_answer_seconds_sum", kind="frame")
    inside = [s for s in STAGES if s not in ("welcome", "receive")]
    assert 0 < sum(value("roomtone_stage_seconds_sum", stage=s) for s in inside) <= whole


def test_the_queue_its_limit_the_network_and_the_process_are_told(classroom, pipeline, value):
    assert value("roomtone_queue_limit") == classroom.app.state.service.settings.queue_limit
    assert value("roomtone_frames_under_way") == 0
    assert value("roomtone_network_info", version=pipeline.network_version) == 1
    assert value("process_resident_memory_bytes") > 10e6
    assert value("process_open_fds") > 0


def test_scraping_changes_nothing_for_the_next_scrape(classroom, session, token, value):
    classroom.send(session, token, 1, WHOLE)
    assert [value("roomtone_counted_total", kind="frame") for _ in range(3)] == [1, 1, 1]


def fold_once(classroom):
    """Fold and take the census, as happens every 10 s."""
    service, stop = classroom.app.state.service, asyncio.Event()

    async def run():
        folding = fold_until_stopped(
            service.database, classroom.clock, stop, service.watch.note_folding
        )
        task = asyncio.create_task(folding)
        await asyncio.sleep(0)
        stop.set()
        await task

    asyncio.run(run())


def test_the_census_counts_what_runs_and_what_is_live(classroom, value):
    running, idle = classroom.start(), classroom.start()
    first, second = classroom.join(running), classroom.join(running)
    classroom.send(running, first, 1, WHOLE)
    classroom.say(running, second, 1)
    classroom.app.state.service.watch.note_folding(done=True)
    assert value("roomtone_sessions_running") == 2
    assert value("roomtone_sessions_live") == 1
    assert value("roomtone_sources_live") == 2
    assert value("roomtone_videos_waiting") == 0
    assert value("roomtone_database_up") == value("roomtone_ready") == 1
    assert value("roomtone_folded_timestamp_seconds") == classroom.clock.now
    classroom.end(running)
    classroom.end(idle)
    fold_once(classroom)
    assert value("roomtone_sessions_running") == value("roomtone_sources_live") == 0


def test_a_bucket_that_should_have_been_folded_is_told_as_late(classroom, session, token, value):
    classroom.clock.now = 1_780_000_000.0  # the start of a bucket of 5 s
    classroom.send(session, token, 1, WHOLE)
    classroom.clock.now += 5 + 30 + 120
    classroom.app.state.service.watch.note_folding(done=False)
    assert value("roomtone_folding_late_seconds") == 120
    assert value("roomtone_ready") == 0
    fold_once(classroom)
    assert value("roomtone_folding_late_seconds") == 0
    assert value("roomtone_ready") == 1


def test_a_database_that_is_away_is_told_without_being_asked(
    classroom, settings, samples, value, monkeypatch
):
    database, watch = classroom.app.state.service.database, classroom.app.state.service.watch
    watch.note_folding(done=True)
    before = value("roomtone_database_errors_total")
    path = Path(settings.resolved_database_url.removeprefix("sqlite:///"))
    database.close()
    kept = path.rename(path.with_suffix(".away"))
    path.mkdir()
    try:
        with pytest.raises(DatabaseUnavailable):
            database.ping()
        watch.note_folding(done=False)
        assert value("roomtone_database_up") == value("roomtone_ready") == 0
        assert value("roomtone_database_errors_total") == before + 2
    finally:
        path.rmdir()
        kept.rename(path)


def test_no_label_names_a_session_a_source_or_anything_else_of_a_lesson(
    classroom, session, token, samples
):
    """Labels have the values of closed sets; `route` those that the program itself has."""
    classroom.send(session, token, 1, WHOLE)
    classroom.say(session, token, 2)
    classroom.mood(session)
    classroom.client.get(f"/api/v1/join/{session['join_code']}")
    classroom.client.get(f"/api/v1/{session['join_code']}/nothing?token={TOKEN}")
    classroom.client.get(f"/{session['session_id']}")
    classroom.client.request(session["join_code"].replace("-", ""), "/healthz")
    routes = {getattr(each, "path", None) for each in classroom.app.router.routes} | {"none"}
    routes |= set(classroom.app.openapi()["paths"])
    seen = set()
    for sample in samples():
        for name, said in sample.labels.items():
            seen.add(name)
            if name == "route":
                assert said in routes
            elif name == "status":
                assert 100 <= int(said) < 600
            elif name == "le":
                float(said)
            elif name == "version":
                assert said == classroom.app.state.service.readiness.network_version
            else:
                assert said in LABELS[name]
    assert {"route", "kind", "reason", "stage", "method", "status"} <= seen
    told = classroom.client.get("/metrics").text
    for secret in (session["session_id"], session["join_code"], "Biology", TOKEN):
        assert secret not in told


def test_requests_are_counted_by_route_and_status(classroom, session, token, value):
    classroom.send(session, token, 1, WHOLE)
    classroom.send(session, {}, 2, WHOLE)
    route = "/api/v1/sessions/{session_id}/frames"
    assert path_of(session) not in route
    for status in ("200", "401"):
        assert value("roomtone_requests_total", method="POST", route=route, status=status) == 1
