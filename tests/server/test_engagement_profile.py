import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.engagement import SHIPPED
from tests.server.crowds import fill_a_bucket

OWN = {"title": "Only smiles", "screen_weight": 0.0, "emotion_weights": {"happy": 1.0}}


def put(classroom, session, body, **how):
    return classroom.client.put(
        f"/api/v1/sessions/{session['session_id']}/engagement-profile",
        **({"json": body} if isinstance(body, dict) else {"content": body}),
        headers={**classroom.teacher, "Content-Type": "application/json", **how},
    )


def restore(classroom, session):
    return classroom.client.delete(
        f"/api/v1/sessions/{session['session_id']}/engagement-profile", headers=classroom.teacher
    )


def test_a_session_is_told_by_our_profile_until_the_teacher_writes_one(classroom):
    session = classroom.start()
    assert classroom.mood(session)["engagement_profile"] == SHIPPED.model_dump(mode="json")
    answer = put(classroom, session, OWN)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["version"], told["ours"], told["title"]) == (2, False, "Only smiles")
    assert told["emotion_weights"] == {
        **dict.fromkeys(SHIPPED.emotion_weights, 0.0),
        "happy": 1.0,
    }
    assert classroom.mood(session)["engagement_profile"] == told


def test_a_profile_holds_for_the_whole_session_at_once(classroom):
    session = classroom.start(simulated=True)
    fill_a_bucket(classroom, session, [{"happy": 1}] * 6)
    classroom.clock.now += 5
    before = classroom.mood(session)["series"]
    put(classroom, session, OWN)
    after = classroom.mood(session)["series"]
    assert [point["engagement"]["engagement"] for point in before] == [pytest.approx(1.0)]
    put(classroom, session, {**OWN, "emotion_weights": {"happy": -1.0}})
    last = classroom.mood(session)["series"]
    assert (after[0]["engagement"]["engagement"], last[0]["engagement"]["engagement"]) == (1, 0)


def test_every_change_is_a_version_of_its_own_and_a_repeated_request_is_none(classroom):
    session = classroom.start()
    versions = [put(classroom, session, OWN).json()["version"] for _ in range(2)]
    versions.append(put(classroom, session, {**OWN, "screen_weight": 0.5}).json()["version"])
    back = [restore(classroom, session).json() for _ in range(2)]
    assert versions == [2, 2, 3]
    assert back == [{**SHIPPED.model_dump(mode="json"), "version": 4}] * 2
    assert put(classroom, session, OWN).json()["version"] == 5


def test_our_own_profile_put_back_is_not_restored_twice(classroom):
    session = classroom.start()
    assert restore(classroom, session).json()["version"] == 1
    put(classroom, session, OWN)
    ours = SHIPPED.model_dump(mode="json", exclude={"version", "ours"})
    assert put(classroom, session, ours).json()["ours"] is True


def test_changes_at_once_never_share_a_version(classroom):
    session = classroom.start()
    wishes = [{**OWN, "title": f"Profile {n}"} for n in range(6)]
    with ThreadPoolExecutor(6) as threads:
        told = list(threads.map(lambda wish: put(classroom, session, wish).json(), wishes))
    assert sorted(each["version"] for each in told) == [2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    "body",
    [
        {**OWN, "screen_weight": 1.5},
        {**OWN, "emotion_weights": {"happy": 2}},
        {**OWN, "emotion_weights": {"joy": 1}},
        {**OWN, "title": "  "},
        {**OWN, "title": "x" * 81},
        {"title": "Nothing else"},
        {**OWN, "version": 7},
        '{"title": "x", "screen_weight": NaN, "emotion_weights": {}}',
        '{"title": "x", "screen_weight": 0.5, "emotion_weights": {"happy": Infinity}}',
        '{"title": "\\ud800", "screen_weight": 0.5, "emotion_weights": {}}',
        "[]",
        "",
    ],
)
def test_a_bad_profile_is_refused_in_a_sentence(classroom, body):
    session = classroom.start()
    answer = put(classroom, session, body)
    assert answer.status_code == 422, answer.text
    assert len(answer.json()["detail"]) > 20
    assert classroom.mood(session)["engagement_profile"]["version"] == 1


def test_only_the_teacher_writes_a_profile_and_only_of_a_session_there_is(classroom):
    session = classroom.start()
    source = classroom.join(session)
    address = f"/api/v1/sessions/{session['session_id']}/engagement-profile"
    assert classroom.client.put(address, json=OWN, headers=source).status_code == 403
    assert classroom.client.delete(address).status_code == 401
    assert put(classroom, {"session_id": "nowhere"}, OWN).status_code == 404
    assert restore(classroom, {"session_id": "nowhere"}).status_code == 404


def test_an_ended_session_can_be_told_by_another_profile(classroom):
    session = classroom.start()
    classroom.client.post(
        f"/api/v1/sessions/{session['session_id']}/end", headers=classroom.teacher
    )
    assert put(classroom, session, OWN).json()["version"] == 2
    assert math.isclose(classroom.mood(session)["engagement_profile"]["screen_weight"], 0.0)
