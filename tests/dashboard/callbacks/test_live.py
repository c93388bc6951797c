import asyncio

import pytest

from dashboard import drawing
from tests.dashboard.fake_server import MadeUpClass


class Page:
    """One open live page: keeps what Dash keeps in the browser."""

    def __init__(self, browser, session_id):
        self.browser, self.session_id, self.shown = browser, session_id, {}

    def tick(self, **state):
        answer = self.browser.press(
            "shown.data", "tick.n_intervals", session_id=self.session_id, shown=self.shown, **state
        )
        self.shown = answer.get("shown", {}).get("data", self.shown)
        return answer


@pytest.fixture
def clock(fake):
    """A clock that a test moves; it starts in the middle of a bucket."""
    moment = [1_780_000_002.0]
    fake.now = lambda: moment[0]
    return moment


@pytest.fixture
def open_page(signed_in, fake, clock):
    def open_it(title="Biology 9b", **more):
        return Page(signed_in, fake.add(title, **{"minutes_ago": 12, **more}).session_id)

    return open_it


def test_the_first_answer_fills_the_whole_page(open_page):
    answer = open_page().tick()
    assert "Biology 9b" in str(answer["head"])
    assert "24 of 30 visible" in str(answer["head"])
    assert "Mostly neutral." in str(answer["sentence"])
    assert "K7MQ-2RXD" in str(answer["join"])
    assert "http://127.0.0.1:8000/join/K7MQ-2RXD" in str(answer["join"])
    assert answer["mood"]["figure"]["data"]
    for words in ("Faces counted", "Frames counted", "Sources sending"):
        assert words in str(answer["facts"])
    for words in ("neutral", "95 % interval", "Faces"):
        assert words in str(answer["now"])


def test_nothing_is_drawn_again_while_nothing_changes(open_page):
    page = open_page()
    page.tick()
    assert set(page.tick()) <= {"shown", "tick"}


def test_new_data_redraw_only_what_they_change(open_page, clock):
    page = open_page(students=MadeUpClass(visible=24))
    page.tick()
    clock[0] += 5
    answer = page.tick()
    assert {"mood", "now", "facts"} <= set(answer)
    assert not {"head", "join", "band", "qr"} & set(answer)


def test_a_simulated_session_carries_its_band_and_a_real_one_none(open_page):
    assert "Simulated" in str(open_page(simulated=True).tick()["band"])
    assert "Simulated" not in str(open_page().tick()["band"])


def test_with_too_few_faces_neither_sentence_nor_chart_nor_list_tells_emotions(open_page):
    answer = open_page(students=MadeUpClass(visible=3)).tick()
    assert "Not enough faces to say: 3 visible, 5 needed." in str(answer["sentence"])
    assert not [t for t in answer["mood"]["figure"]["data"] if t["yaxis"] == "y"
                and t["type"] == "scatter"]  # fmt: skip
    assert "%" not in str(answer["now"]).replace("95 % interval", "").replace("0.00%", "")
    assert "Told from 5 visible students on." in str(answer["now"])


def test_an_ended_session_is_shown_whole_and_no_longer_asked_about(open_page):
    answer = open_page(minutes_ago=90, ended_minutes_ago=45).tick()
    assert answer["tick"]["max_intervals"] == 0
    assert answer["live"]["className"] == "live-page is-ended"
    assert "Ended." in str(answer["head"])
    assert "The lesson looked mostly neutral." in str(answer["sentence"])
    assert "K7MQ-2RXD" not in str(answer["join"])
    start, end = answer["mood"]["figure"]["layout"]["xaxis"]["range"]
    assert start[11:16] != end[11:16]
    assert "Whole lesson" in str(answer["now"])


def test_a_live_session_goes_on_being_asked_about(open_page):
    assert open_page().tick()["tick"]["max_intervals"] == -1


def test_when_the_server_goes_the_page_says_since_when_and_keeps_what_it_shows(open_page, fake):
    page = open_page()
    page.tick()
    fake.down = True
    answer = page.tick()
    assert set(answer) <= {"live-problem", "shown", "tick"}
    assert "can’t be reached. What you see is from" in str(answer["live-problem"])
    assert answer["tick"]["max_intervals"] == -1
    assert "live-problem" not in page.tick()
    fake.down = False
    assert page.tick()["live-problem"]["children"] == []


def test_an_erased_session_is_said_once_and_the_clock_stops(open_page, fake):
    page = open_page()
    fake.lessons.clear()
    answer = page.tick()
    assert "There is no such session" in str(answer["live-problem"])
    assert answer["tick"]["max_intervals"] == 0


def test_a_page_without_a_session_offers_the_way_back_and_nothing_else(signed_in, fake):
    answer = Page(signed_in, "nowhere").tick()
    assert "'href': '/dashboard/'" in str(answer["live-problem"])
    assert answer["live"]["className"] == "live-page is-gone"
    assert answer["page-title"]["data"] == "No session here"
    strip = signed_in.press("lesson.figure", "slow-tick.n_intervals", session_id="nowhere",
                            lesson_shown="")  # fmt: skip
    assert strip["slow-tick"]["max_intervals"] == 0


def test_the_page_is_titled_as_the_session(open_page):
    assert open_page("Biology 9b").tick()["page-title"]["data"] == "Biology 9b"


def test_until_somebody_joins_the_page_says_how_to_in_large(open_page, fake):
    nobody = {"joined": 0, "students": MadeUpClass(visible=0)}
    page = open_page(minutes_ago=1, **nobody)
    hint = str(page.tick()["hint"])
    assert "Nobody has joined yet" in hint
    assert "K7MQ-2RXD" in hint
    assert "QR code" in hint
    lesson = fake.lessons[page.session_id]
    lesson.session = lesson.session.model_copy(update={"joined": 1})
    assert page.tick()["hint"]["children"] == []
    assert open_page(minutes_ago=9, ended_minutes_ago=1, **nobody).tick()["hint"]["children"] == []


@pytest.mark.parametrize(
    ("chart", "output"), [("draw_mood", "shown.data"), ("draw_lesson", "lesson.figure")]
)
def test_charts_are_not_drawn_on_the_loop_that_takes_frames(
    signed_in, fake, monkeypatch, chart, output
):
    loops, draw = [], getattr(drawing, chart)

    def draw_and_look(*given, **more):
        loops.append(asyncio._get_running_loop())
        return draw(*given, **more)

    monkeypatch.setattr(drawing, chart, draw_and_look)
    lesson = fake.add("Biology", minutes_ago=12)
    signed_in.press(output, "session-id.data", session_id=lesson.session_id, shown={},
                    lesson_shown="")  # fmt: skip
    assert loops == [None]


def test_the_table_is_filled_only_when_it_is_open(open_page):
    assert open_page().tick()["twin"] == {"data-plain": "[]"}
    table = str(open_page().tick(view={"twin": True})["twin"])
    assert "Most common" in table
    assert table.count("neutral") > 50
    assert "namespace" not in table  # thousands of Dash's components hold the page up


def test_the_table_changes_only_when_a_bucket_is_over(open_page, fake, clock):
    page = open_page()
    newest = page.tick(view={"twin": True})["twin"]
    students = fake.lessons[page.session_id].students
    students.visible = 9
    del students.made[max(students.made)]  # the open bucket
    answer = page.tick(view={"twin": True})
    assert "mood" in answer
    assert "twin" not in answer
    clock[0] += 5
    assert page.tick(view={"twin": True})["twin"] != newest


def test_the_chart_is_described_in_words(open_page):
    words = open_page().tick()["mood-words"]["aria-label"]
    assert "last five minutes" in words
    assert "Mostly neutral." in words


def test_a_dashboard_whose_clock_runs_ahead_still_shows_the_last_minutes(open_page, clock):
    clock[0] -= 400_000_000  # the server lives long before this machine
    answer = open_page().tick()
    assert [t for t in answer["mood"]["figure"]["data"] if t["type"] == "scatter"]


def test_the_whole_lesson_is_drawn_below(signed_in, fake, clock):
    lesson = fake.add("Biology", minutes_ago=40)
    given = {"session_id": lesson.session_id, "lesson_shown": ""}
    answer = signed_in.press("lesson.figure", "slow-tick.n_intervals", **given)
    assert answer["lesson"]["figure"]["data"]
    given["lesson_shown"] = answer["lesson-shown"]["data"]
    assert "lesson" not in signed_in.press("lesson.figure", "slow-tick.n_intervals", **given)


def act(browser, button, session_id):
    return browser.press("action-problem.children", f"{button}.n_clicks",
                         session_id=session_id, **{button.replace("-", "_"): 1})  # fmt: skip


def test_ending_asks_first(signed_in, fake):
    lesson = fake.add("Biology", minutes_ago=1)
    assert act(signed_in, "end-ask", lesson.session_id)["end-modal"]["opened"] is True
    assert fake.lessons[lesson.session_id].session.ended_at is None
    assert act(signed_in, "end-yes", lesson.session_id)["end-modal"]["opened"] is False
    assert fake.lessons[lesson.session_id].session.ended_at is not None


def test_deleting_asks_first_and_leads_back_to_the_list(signed_in, fake):
    lesson = fake.add("Biology", minutes_ago=1)
    assert act(signed_in, "remove-ask", lesson.session_id)["remove-modal"]["opened"] is True
    assert act(signed_in, "remove-no", lesson.session_id)["remove-modal"]["opened"] is False
    assert len(fake.lessons) == 1
    answer = act(signed_in, "remove-yes", lesson.session_id)
    assert answer["url"]["pathname"] == "/dashboard/"
    assert fake.lessons == {}


def test_ending_while_the_server_is_away_is_a_sentence(signed_in, fake):
    lesson = fake.add("Biology", minutes_ago=1)
    fake.down = True
    answer = act(signed_in, "end-yes", lesson.session_id)
    assert "can’t be reached" in str(answer["action-problem"])
