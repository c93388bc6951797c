import pytest

from dashboard.views.words import erasure
from server.schemas import SessionOrigin
from tests.dashboard.fake_server import MadeUpClass
from tests.dashboard.points import session

TICK = "sessions-tick.n_intervals"


def show(browser, **state):
    return browser.press("sessions-shown.data", TICK, **state)


def test_each_session_tells_its_title_state_and_numbers(signed_in, fake):
    fake.add("Biology 9b", minutes_ago=2, students=MadeUpClass(visible=2), joined=28)
    text = str(show(signed_in)["sessions"])
    for words in ("Biology 9b", "Live", "28", "joined", "frames", "faces", "/dashboard/session/"):
        assert words in text


def test_simulated_sessions_carry_a_badge_and_others_do_not(signed_in, fake):
    fake.add("real")
    assert "Simulated" not in str(show(signed_in))
    fake.add("made up", simulated=True)
    assert "Simulated" in str(show(signed_in))


def test_a_recording_is_called_so_and_nobody_joined_it(signed_in, fake):
    fake.add("filmed", origin=SessionOrigin.RECORDING, ended_minutes_ago=1, joined=0)
    text = str(show(signed_in)["sessions"])
    assert "Recording" in text
    assert "joined" not in text


def test_with_no_session_a_first_time_teacher_is_told_what_to_do(signed_in):
    text = str(show(signed_in)["sessions"])
    assert "Give your lesson a title and start a session." in text
    assert "join code" in text


def test_an_unchanged_list_is_not_drawn_again(signed_in, fake):
    fake.add("over", minutes_ago=60, ended_minutes_ago=10)
    first = show(signed_in)
    again = show(signed_in, sessions_shown=first["sessions-shown"]["data"])
    assert "sessions" not in again


def numbers_of(answer):
    return answer["sessions-numbers"]["data"]


def test_while_a_lesson_runs_only_the_numbers_of_its_own_row_are_exchanged(signed_in, fake):
    fake.now = lambda: 1_780_000_002.0
    fake.add("over", minutes_ago=60, ended_minutes_ago=10)
    live = fake.add("runs", minutes_ago=2)
    first = show(signed_in)
    fake.now = lambda: 1_780_000_022.0
    again = show(signed_in, sessions_shown=first["sessions-shown"]["data"])
    assert "sessions" not in again
    assert list(numbers_of(again)) == [live.session_id]
    assert "frames" in str(numbers_of(again))


def test_a_lesson_that_has_ended_is_drawn_anew(signed_in, fake):
    live = fake.add("runs", minutes_ago=2)
    first = show(signed_in)
    told = fake.lessons[live.session_id]
    told.session = told.session.model_copy(update={"ended_at": told.session.started_at})
    again = show(signed_in, sessions_shown=first["sessions-shown"]["data"])
    assert "Live" not in str(again["sessions"])


def rows_of(answer):
    return str(answer["sessions"]).count('"class": "session-row"')


def test_of_many_sessions_the_newest_are_listed_and_all_on_demand(signed_in, fake):
    for number in range(35):
        fake.add(f"lesson {number}", minutes_ago=1 + number, ended_minutes_ago=1)
    few = show(signed_in)
    assert rows_of(few) == 30
    assert "lesson 29" in str(few)
    assert "lesson 30" not in str(few)
    assert few["show-all"] == {"children": "Show all 35", "hidden": False}
    every = show(signed_in, show_all=1, sessions_shown=few["sessions-shown"]["data"])
    assert rows_of(every) == 35
    assert every["show-all"]["children"] == "Show the newest 30"
    assert rows_of(show(signed_in, show_all=2)) == 30


def test_with_few_sessions_there_is_no_button_for_more(signed_in, fake):
    fake.add("only one")
    assert show(signed_in)["show-all"]["hidden"] is True


def test_times_are_in_the_viewers_zone_and_utc_says_so(signed_in, fake):
    fake.now = lambda: 1_772_452_800.0  # 2 March 2026, 12:00 UTC
    fake.add("Art", minutes_ago=60, ended_minutes_ago=0)
    assert "2 March 2026, 11:00 UTC" in str(show(signed_in))
    signed_in.http.cookies.set("roomtone_zone", "Asia%2FKolkata", path="/dashboard")
    assert "2 March 2026, 16:30" in str(show(signed_in))


def test_a_dead_server_is_a_sentence_on_the_page(signed_in, fake):
    fake.down = True
    assert "can’t be reached" in str(show(signed_in)["sessions-problem"])


ASKED = {"start_camera": True, "start_self_report": True}


def start(browser, **state):
    return browser.press("start-problem.children", "start.n_clicks", start=1, **{**ASKED, **state})


def problem(browser, **state):
    answer = start(browser, **{"start_title": "Biology", **state})
    assert "url" not in answer
    return str(answer["start-problem"])


def test_starting_a_session_leads_to_its_join_screen(signed_in, fake):
    answer = start(signed_in, start_title="Biology 9b", start_expected=" 30 ")
    [lesson] = fake.lessons.values()
    assert answer["url"]["pathname"] == f"/dashboard/session/{lesson.session.session_id}/join"
    assert (lesson.session.title, lesson.session.expected_students) == ("Biology 9b", 30)


def test_a_session_is_started_as_it_was_typed(signed_in, fake):
    start(signed_in, start_title="Art", start_expected="", start_seconds="2,5", start_bucket="10",
          start_camera=False)  # fmt: skip
    [lesson] = fake.lessons.values()
    told = lesson.session
    assert (told.expected_students, told.send_seconds, told.bucket_seconds) == (None, 2.5, 10)
    assert (told.camera, told.self_report) == (False, True)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"start_title": "  "}, "Give it a title"),
        ({"start_title": "x" * 201}, "Give it a title"),
        ({"start_expected": "0"}, "between 1 and 10 000"),
        ({"start_expected": "1000000000"}, "between 1 and 10 000"),
        ({"start_expected": "-3"}, "between 1 and 10 000"),
        ({"start_expected": "many"}, "“many” is not a whole number"),
        ({"start_expected": "2.5"}, "“2.5” is not a whole number"),
        ({"start_expected": "9" * 5000}, "is not a whole number"),
        ({"start_seconds": "0"}, "0.5 to 60 seconds"),
        ({"start_seconds": "nan"}, "0.5 to 60 seconds"),
        ({"start_seconds": "1e999"}, "0.5 to 60 seconds"),
        ({"start_seconds": "fast"}, "“fast” is not a number"),
        ({"start_bucket": "301"}, "1 to 300 seconds"),
        ({"start_camera": False, "start_self_report": False}, "Ask for the camera"),
    ],
)
def test_what_can_not_be_started_is_said_and_nothing_is_started(signed_in, fake, typed, said):
    assert said in problem(signed_in, **typed)
    assert fake.lessons == {}


def test_all_that_is_wrong_is_said_at_once(signed_in):
    told = problem(signed_in, start_title="", start_bucket="0")
    assert "Give it a title" in told
    assert "1 to 300 seconds" in told


def test_a_server_that_is_away_is_said_where_the_session_would_start(signed_in, fake):
    fake.down = True
    assert "can’t be reached" in problem(signed_in)


def test_deleting_needs_a_yes_and_says_what_is_erased(signed_in, fake):
    lesson = fake.add("Biology 9b", minutes_ago=1)
    asked = signed_in.press(
        "erase-what.children", "erase-no.n_clicks", erase_which=lesson.session_id
    )
    assert asked["erase"]["opened"] is False
    assert len(fake.lessons) == 1
    signed_in.press("erase-what.children", "erase-yes.n_clicks", erase_which=lesson.session_id)
    assert fake.lessons == {}


def test_erasure_is_told_with_its_numbers():
    said = erasure(session(frames=12345, faces=1))
    assert "“Biology 9b” goes for good: 12\u202f345 frames counted with 1 face" in said
    assert "Nobody can bring it back" in said
