"""`GET …/mood` with an ETag and a wait, and `GET …/live`, as somebody who calls them sees them."""

import json
import re
import signal
import threading
import time

import httpx
import pytest

from tests.servers import TOKEN, running_server


@pytest.fixture
def session(classroom):
    return classroom.start(simulated=True)


@pytest.fixture
def get(classroom, session):
    def get_it(**headers):
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        path = f"/api/v1/sessions/{session['session_id']}/mood"
        return classroom.client.get(path, headers={**classroom.teacher, **given})

    return get_it


def read(classroom, session, source, seq):
    answer = classroom.client.post(
        f"/api/v1/sessions/{session['session_id']}/readings",
        json={"faces": [{"neutral": 1}]},
        headers={**source, "Frame-Seq": str(seq)},
    )
    assert answer.json()["outcome"] == "counted", answer.text


def test_the_same_mood_has_the_same_tag_and_another_one_another(classroom, session, get):
    source = classroom.join(session)
    first, again = get(), get()
    assert first.headers["etag"] == again.headers["etag"]
    read(classroom, session, source, 1)
    assert get().headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("listed", ["{tag}", "W/{tag}", '"other", {tag}', "*"])
def test_a_mood_that_is_known_is_not_sent_again(get, listed):
    tag = get().headers["etag"]
    answer = get(If_None_Match=listed.format(tag=tag))
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == tag
    assert get(If_None_Match='"other"').status_code == 200


def test_a_wait_is_answered_as_soon_as_the_mood_changes(classroom, session, get):
    source, tag = classroom.join(session), None
    tag = get().headers["etag"]
    later = threading.Timer(0.7, read, (classroom, session, source, 1))
    later.start()
    began = time.monotonic()
    answer = get(If_None_Match=tag, Prefer="wait=20")
    assert answer.status_code == 200
    assert answer.json()["now"]["sources"] == 1
    assert answer.headers["preference-applied"] == "wait=20"
    assert 0.5 < time.monotonic() - began < 3
    later.join()


def test_a_wait_without_a_change_ends_with_304(get):
    tag = get().headers["etag"]
    began = time.monotonic()
    answer = get(If_None_Match=tag, Prefer="respond-async, wait=1")
    assert answer.status_code == 304
    assert time.monotonic() - began >= 1


def test_nobody_waits_longer_than_proxies_do(get):
    answer = get(If_None_Match='"other"', Prefer="wait=100000")
    assert answer.headers["preference-applied"] == "wait=25"


@pytest.mark.parametrize("prefer", ["wait=soon", "wait=-1", "wait", "", "return=minimal"])
def test_a_preference_that_means_nothing_here_is_passed_over(get, prefer):
    answer = get(If_None_Match=get().headers["etag"], Prefer=prefer)
    assert answer.status_code == 304
    assert "preference-applied" not in answer.headers


@pytest.mark.parametrize("what", ["mood", "live"])
def test_only_the_teacher_may_follow(classroom, session, what):
    path = f"/api/v1/sessions/{session['session_id']}/{what}"
    assert classroom.client.get(path).status_code == 401
    assert classroom.client.get(path, headers=classroom.join(session)).status_code == 403
    nowhere = classroom.client.get("/api/v1/sessions/nowhere/live", headers=classroom.teacher)
    assert nowhere.status_code == 404
    assert "list the sessions" in nowhere.json()["detail"]


@pytest.mark.parametrize("query", ["bucket_s=0", "since=yesterday"])
def test_a_wrong_question_is_told_before_any_event(classroom, session, query):
    path = f"/api/v1/sessions/{session['session_id']}/live?{query}"
    answer = classroom.client.get(path, headers=classroom.teacher)
    assert answer.status_code == 422
    assert query.split("=")[0] in answer.json()["detail"]


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_either_end_of_time_is_a_moment_too(classroom, session, since):
    assert classroom.mood(session, since=since)["series"] == []


def test_an_ended_session_is_told_once(classroom, session):
    path = f"/api/v1/sessions/{session['session_id']}"
    classroom.client.post(f"{path}/end", headers=classroom.teacher)
    answer = classroom.client.get(f"{path}/live", headers=classroom.teacher)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert re.findall("event: (.*)", answer.text) == ["mood", "ended"]
    last = {**classroom.teacher, "Last-Event-ID": re.search("id: (.*)", answer.text)[1]}
    again = classroom.client.get(f"{path}/live", headers=last)
    assert re.findall("event: (.*)", again.text) == ["ended"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    data = tmp_path_factory.mktemp("live")
    with running_server(data, ROOMTONE_DASHBOARD="off", ROOMTONE_READING="threads") as server:
        yield server


@pytest.fixture
def lesson(server):
    with server.teacher as teacher:
        yield teacher.post("/api/v1/sessions", json={"title": "Live", "simulated": True}).json()


class Stream:
    """An open stream, whose events a thread takes down."""

    def __init__(self, server, session):
        self.events, self.ended_at = [], None
        url = f"{server.url}/api/v1/sessions/{session['session_id']}/live"
        self._thread = threading.Thread(target=self._follow, args=(url,))
        self._thread.start()
        self.wait_for(1)

    def _follow(self, url):
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.stream("GET", url, headers=headers, timeout=30) as answer:
            event = {}
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                event[name] = value
                if not line and "event" in event:
                    self.events.append((time.monotonic(), event))
                    event = {}
        self.ended_at = time.monotonic()

    def wait_for(self, count):
        for _ in range(600):
            if len(self.events) >= count:
                return self.events[count - 1]
            time.sleep(0.01)
        raise AssertionError(f"only {len(self.events)} events")

    def end(self):
        self._thread.join(10)
        return [event["event"] for _, event in self.events]


def test_a_stream_tells_a_change_by_the_tag_of_its_mood_and_ends_with_the_session(server, lesson):
    stream, path = Stream(server, lesson), f"/api/v1/sessions/{lesson['session_id']}"
    time.sleep(1)
    server.teacher.post("/api/v1/join", json={"join_code": lesson["join_code"]})
    for number in range(2, 5):
        _, event = stream.wait_for(number)
        told, asked = json.loads(event["data"]), server.teacher.get(f"{path}/mood")
        if told["now"]["start"] == asked.json()["now"]["start"]:
            break  # else a bucket ended between the two, and the next event tells it
    assert told["session"]["joined"] == 1
    assert event["id"] in asked.headers["etag"]
    server.teacher.post(f"{path}/end")
    assert stream.end()[-2:] == ["mood", "ended"]


def test_a_stream_ends_when_its_session_is_erased(server, lesson):
    stream = Stream(server, lesson)
    server.teacher.delete(f"/api/v1/sessions/{lesson['session_id']}")
    assert stream.end()[-1] == "gone"


def test_a_server_with_open_streams_and_waits_stops_at_once(tmp_path):
    with running_server(tmp_path) as server:
        session = server.teacher.post("/api/v1/sessions", json={"title": "Live"}).json()
        path = f"/api/v1/sessions/{session['session_id']}/mood?since=2100-01-01T00:00:00Z"
        tag = server.teacher.get(path).headers["etag"]
        streams = [Stream(server, session) for _ in range(3)]
        waits = [
            threading.Thread(
                target=server.teacher.get,
                args=(path,),
                kwargs={"headers": {"If-None-Match": tag, "Prefer": "wait=25"}},
            )
            for _ in range(3)
        ]
        for wait in waits:
            wait.start()
        time.sleep(0.3)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(10)
        assert time.monotonic() - began < 3
        assert all(stream.end() for stream in streams)
        for wait in waits:
            wait.join(5)
