import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from dashboard.api import ServerProblem, ServerUnreachable, SessionGone, SignedOut, TeacherApi
from server.schemas import NewSession
from tests.dashboard.fake_server import TOKEN, connect


def run(coroutine):
    return asyncio.run(coroutine)


def test_a_session_goes_its_whole_way(api):
    async def live():
        started = await api.start_session(NewSession(title="Art 7a", expected_students=20))
        await api.end_session(started.session_id)
        ended = await api.read_session(started.session_id)
        await api.erase_session(started.session_id)
        return started, ended, await api.list_sessions()

    started, ended, left = run(live())
    assert started.title == "Art 7a"
    assert started.expected_students == 20
    assert ended.ended_at is not None
    assert left == []


def test_sessions_come_newest_first(fake, api):
    fake.add("old", minutes_ago=90)
    fake.add("new", minutes_ago=2)
    assert [s.title for s in run(api.list_sessions())] == ["new", "old"]


def test_the_mood_can_be_asked_from_a_moment_on_and_in_longer_buckets(fake, api):
    lesson = fake.add("Biology", minutes_ago=10)
    since = datetime.now(UTC) - timedelta(minutes=2)
    mood = run(api.read_mood(lesson.session_id, bucket_s=30, since=since))
    assert {p.seconds for p in mood.series} == {30}
    assert 3 <= len(mood.series) <= 6


def test_a_problem_is_told_in_the_servers_own_sentence(api):
    with pytest.raises(
        SessionGone, match=r"^There is no such session\. It may have been erased\.$"
    ):
        run(api.read_session("nowhere"))


@pytest.mark.parametrize("token", ["wrong", "", "smile😀", "two\nlines"])
def test_a_wrong_token_is_being_signed_out(fake, token):
    with pytest.raises(SignedOut):
        run(TeacherApi(connect(fake), token).list_sessions())


def test_a_dead_server_is_a_sentence(fake, api):
    fake.down = True
    with pytest.raises(ServerUnreachable, match="can’t be reached"):
        run(api.list_sessions())


def test_an_answer_without_a_sentence_still_gets_one(fake, api):
    fake.failing = True
    with pytest.raises(ServerProblem, match="answered 502"):
        run(api.list_sessions())


def test_an_answer_of_another_version_is_not_guessed_at():
    strange = httpx.MockTransport(lambda _: httpx.Response(200, json=[{"name": "?"}]))
    http = httpx.AsyncClient(transport=strange, base_url="http://server.test")
    with pytest.raises(ServerProblem, match="same version"):
        run(TeacherApi(http, TOKEN).list_sessions())


def test_the_token_is_not_in_what_is_printed(api):
    assert TOKEN not in repr(api)
