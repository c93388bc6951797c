"""From a frame to the class mood, through the whole server, on both databases."""

import pytest
from sqlalchemy import text

from model.emotions import EMOTIONS
from server.store.database import Database


def test_a_frame_is_read_counted_and_told(classroom, six_faces):
    session = classroom.start(expected_students=12)
    answer = classroom.send(session, classroom.join(session), 1, six_faces).json()
    assert answer["outcome"] == "counted"
    assert len(answer["faces"]) == 6
    assert sum(answer["counts"].values()) == 6
    now = classroom.mood(session)["now"]
    assert (now["frames"], now["faces"], now["sources"], now["visible"]) == (1, 6, 1, 6)
    assert now["counts"] == answer["counts"]
    assert now["coverage"] == 0.5
    assert sum(share["share"] for share in now["shares"].values()) == pytest.approx(1, abs=1e-3)


def test_what_is_in_the_database_is_what_was_answered(classroom, settings, six_faces, portrait):
    session = classroom.start()
    one, two = classroom.join(session), classroom.join(session)
    answers = [
        classroom.send(session, source, seq, data).json()
        for source, seq, data in [(one, 1, six_faces), (two, 1, portrait), (one, 2, portrait)]
    ]
    told = {e: sum(answer["counts"][e] for answer in answers) for e in EMOTIONS}
    classroom.client.post(
        f"/api/v1/sessions/{session['session_id']}/end", headers=classroom.teacher
    )
    columns = ", ".join(f"sum(count_{emotion})" for emotion in EMOTIONS)
    database = Database(settings.resolved_database_url)
    with database.reading() as db:
        stored = db.execute(text(f"SELECT sum(frames), sum(faces), {columns} FROM tally")).one()
    database.close()
    assert stored[:2] == (3, 8)
    assert dict(zip(EMOTIONS, stored[2:], strict=True)) == told


def test_a_frame_sent_again_is_counted_once(classroom, portrait):
    session = classroom.start()
    source = classroom.join(session)
    outcomes = [classroom.send(session, source, 7, portrait).json()["outcome"] for _ in range(3)]
    assert outcomes == ["counted", "duplicate", "duplicate"]
    assert classroom.mood(session)["now"]["frames"] == 1


def test_a_sequence_number_that_goes_back_is_a_duplicate(classroom, portrait):
    session = classroom.start()
    source = classroom.join(session)
    classroom.send(session, source, 7, portrait)
    assert classroom.send(session, source, 6, portrait).json()["outcome"] == "duplicate"
    assert classroom.mood(session)["now"]["frames"] == 1


def test_sources_number_their_frames_independently(classroom, portrait):
    session = classroom.start()
    for source in (classroom.join(session), classroom.join(session)):
        assert classroom.send(session, source, 1, portrait).json()["outcome"] == "counted"
    now = classroom.mood(session)["now"]
    assert (now["frames"], now["sources"], now["visible"]) == (2, 2, 2)


def test_a_frame_without_faces_is_a_frame(classroom, empty_room):
    session = classroom.start()
    answer = classroom.send(session, classroom.join(session), 1, empty_room).json()
    assert (answer["outcome"], answer["faces"]) == ("counted", [])
    now = classroom.mood(session)["now"]
    assert (now["frames"], now["faces"], now["visible"]) == (1, 0, 0)


def test_below_five_students_no_emotion_is_told(classroom, portrait):
    session = classroom.start()
    for _ in range(4):
        classroom.send(session, classroom.join(session), 1, portrait)
    mood = classroom.mood(session)
    for point in (mood["now"], *mood["series"]):
        assert (point["visible"], point["enough"]) == (4, False)
        assert point["counts"] is None
        assert point["shares"] is None
    classroom.send(session, classroom.join(session), 1, portrait)
    assert classroom.mood(session)["now"]["enough"] is True


def test_the_teachers_own_window_is_one_source(classroom, six_faces):
    session = classroom.start()
    for seq in (1, 2):
        assert classroom.send(session, classroom.teacher, seq, six_faces).status_code == 200
    now = classroom.mood(session)["now"]
    assert (now["sources"], now["visible"], now["faces"]) == (1, 6, 12)
    assert classroom.mood(session)["session"]["joined"] == 0


def test_mood_comes_in_buckets_of_the_wanted_length(classroom, six_faces):
    session = classroom.start(bucket_seconds=5)
    source = classroom.join(session)
    for seq in range(4):
        classroom.send(session, source, seq, six_faces)
        classroom.clock.now += 5
    assert [point["frames"] for point in classroom.mood(session)["series"]] == [1, 1, 1, 1]
    merged = classroom.mood(session, bucket_s=12)["series"]
    assert {point["seconds"] for point in merged} == {15}
    assert sum(point["frames"] for point in merged) == 4
    since = classroom.mood(session)["series"][2]["start"]
    assert len(classroom.mood(session, since=since)["series"]) == 2


def test_now_counts_every_source_once_over_a_buckets_edge(classroom, portrait):
    session = classroom.start(bucket_seconds=5)
    sources = [classroom.join(session) for _ in range(5)]
    for seq in (1, 2):
        for source in sources:
            classroom.send(session, source, seq, portrait)
        classroom.clock.now += 4
    now = classroom.mood(session)["now"]
    assert (now["frames"], now["sources"], now["visible"]) == (10, 5, 5)


@pytest.mark.parametrize("step", [5, 10, 60])
def test_now_does_not_collapse_when_a_bucket_begins(classroom, portrait, step):
    session = classroom.start(bucket_seconds=step)
    classroom.clock.now -= classroom.clock.now % 60
    for source in [classroom.join(session) for _ in range(6)]:
        classroom.send(session, source, 1, portrait)
    for _ in range(2):  # the bucket's last moment, and the next one's first
        now = classroom.mood(session)["now"]
        assert (now["visible"], now["enough"]) == (6, True)
        classroom.clock.now += step


def test_a_student_beside_the_teachers_window_cannot_be_told_apart(classroom, six_faces, portrait):
    session = classroom.start()
    classroom.send(session, classroom.teacher, 1, six_faces)
    alone = classroom.mood(session)["now"]
    classroom.send(session, classroom.join(session), 1, portrait)
    beside = classroom.mood(session)["now"]
    assert beside["visible"] == 7
    assert (beside["counts"], beside["shares"]) == (alone["counts"], alone["shares"])


def test_now_forgets_who_has_stopped_sending(classroom, six_faces):
    session = classroom.start()
    classroom.send(session, classroom.join(session), 1, six_faces)
    classroom.clock.now += 60
    now = classroom.mood(session)["now"]
    assert (now["frames"], now["visible"], now["enough"]) == (0, 0, False)


def test_an_ended_session_takes_no_frames_and_keeps_its_mood(classroom, six_faces):
    session = classroom.start()
    source = classroom.join(session)
    classroom.send(session, source, 1, six_faces)
    path = f"/api/v1/sessions/{session['session_id']}/end"
    ended = classroom.client.post(path, headers=classroom.teacher).json()
    assert ended["ended_at"] is not None
    assert classroom.client.post(path, headers=classroom.teacher).json() == ended
    refused = classroom.send(session, source, 2, six_faces)
    assert refused.status_code == 409
    assert "ended" in refused.json()["detail"]
    mood = classroom.mood(session)
    assert mood["now"]["visible"] == 6
    assert mood["session"]["frames"] == 1
    joining = classroom.client.post("/api/v1/join", json={"join_code": session["join_code"]})
    assert joining.status_code == 409


def test_deleting_a_session_erases_every_row_of_it(classroom, settings, six_faces):
    kept, erased = classroom.start(title="Kept"), classroom.start(title="Erased")
    for session in (kept, erased):
        classroom.send(session, classroom.join(session), 1, six_faces)
    path = f"/api/v1/sessions/{erased['session_id']}"
    assert classroom.client.delete(path, headers=classroom.teacher).status_code == 204
    assert classroom.client.get(path, headers=classroom.teacher).status_code == 404
    database = Database(settings.resolved_database_url)
    with database.reading() as db:
        for table in ("source", "open_tally", "tally"):
            rows = db.execute(
                text(f"SELECT count(*) FROM {table} WHERE session_id = :id"),
                {"id": erased["session_id"]},
            )
            assert rows.scalar_one() == 0, table
    database.close()
    assert [s["title"] for s in _sessions(classroom)] == ["Kept"]


def test_sessions_are_listed_newest_first(classroom):
    for title in ("first", "second"):
        classroom.start(title=title)
        classroom.clock.now += 60
    assert [s["title"] for s in _sessions(classroom)] == ["second", "first"]


def test_a_code_can_be_typed_carelessly(classroom):
    session = classroom.start()
    typed = f" {session['join_code'].lower().replace('-', ' ')} "
    assert classroom.client.post("/api/v1/join", json={"join_code": typed}).status_code == 201


def test_simulated_readings_go_the_same_way_and_say_so(classroom):
    session = classroom.start(simulated=True)
    assert session["simulated"] is True
    reading = {"faces": [{"happy": 0.8, "neutral": 0.2}]}
    path = f"/api/v1/sessions/{session['session_id']}/readings"
    for _ in range(5):
        source = classroom.join(session)
        for _ in range(2):
            answer = classroom.client.post(path, json=reading, headers={**source, "Frame-Seq": "1"})
            assert answer.status_code == 200
    mood = classroom.mood(session)
    assert mood["now"]["counts"]["happy"] == 5
    assert mood["now"]["shares"]["happy"]["share"] == pytest.approx(0.8, abs=1e-3)
    assert mood["network_versions"] == ["simulated"]


def test_invented_readings_are_refused_for_real_sessions(classroom):
    session = classroom.start()
    answer = classroom.client.post(
        f"/api/v1/sessions/{session['session_id']}/readings",
        json={"faces": []},
        headers={**classroom.join(session), "Frame-Seq": "1"},
    )
    assert answer.status_code == 403


def test_analyze_tells_all_faces_and_stores_nothing(classroom, six_faces):
    answer = classroom.client.post(
        "/api/v1/analyze",
        content=six_faces,
        headers={**classroom.teacher, "Content-Type": "image/jpeg"},
    ).json()
    assert len(answer["faces"]) == 6
    assert all(set(face["probabilities"]) == set(EMOTIONS) for face in answer["faces"])
    assert _sessions(classroom) == []


def test_ready_metrics_and_health_are_told(classroom, portrait):
    session = classroom.start()
    source = classroom.join(session)
    for _ in range(2):
        classroom.send(session, source, 1, portrait)
    assert classroom.client.get("/healthz").status_code == 200
    assert classroom.client.get("/readyz").json()["status"] == "ready"
    metrics = classroom.client.get("/metrics").text
    assert 'roomtone_counted_total{kind="frame"} 1.0' in metrics
    assert 'roomtone_duplicate_total{kind="frame"} 1.0' in metrics
    assert 'roomtone_stage_seconds_count{stage="find"} 1.0' in metrics
    assert 'roomtone_stage_seconds_count{stage="commit"} 1.0' in metrics


def _sessions(classroom):
    return classroom.client.get("/api/v1/sessions", headers=classroom.teacher).json()


def test_the_api_docs_ask_no_other_host_for_anything(classroom):
    page = classroom.client.get("/docs").text
    assert "swagger-ui" in page
    assert "https://" not in page
    assert "//cdn" not in page
