"""What a page of a session that has ended tells of its report, and when."""

import pytest

from server.schemas import Marker
from tests.dashboard.callbacks.test_live import Page


@pytest.fixture
def ended(fake):
    return fake.add("Biology", minutes_ago=50, ended_minutes_ago=5, course="Biology 9b")


@pytest.fixture
def read(signed_in):
    def read(session, told_of="something"):
        return signed_in.press(
            "report-words.children", "report-of.data", report_of=told_of,
            session_id=session.session_id,
        )  # fmt: skip

    return read


def tell_of(browser, session):
    """Return what the page is told that its report is of."""
    return Page(browser, session.session_id).tick()["report-of"]["data"]


def test_a_page_first_says_that_the_report_is_being_made(signed_in, ended):
    at = f"/dashboard/session/{ended.session_id}"
    page = str(signed_in.press("page.children", "url.pathname", url=at))
    assert "The report is being made" in page
    for name in ("report", "report.pdf", "report.html", "report.csv", "report.parquet"):
        assert f"'{at}/{name}'" in page


def test_the_report_is_told_in_its_own_words(read, ended):
    answer = read(ended)
    told = str(answer["report-words"]["children"])
    assert "The class looked mostly neutral." in told
    assert "The report is ready." in told
    assert told.count("More surprise from 10:42 on.") == 5
    assert "The report tells more of them." in told
    assert answer["report-again"]["hidden"] is True


def test_it_is_told_in_the_language_of_the_page(read, ended, signed_in):
    signed_in.http.headers["Accept-Language"] = "de"
    assert "Die Klasse wirkte meist neutral." in str(read(ended))


def test_its_times_are_on_the_viewers_clock(read, ended, signed_in):
    signed_in.http.cookies.set("roomtone_zone", "Europe%2FRome", path="/dashboard")
    told = str(read(ended))
    assert "More surprise from 11:42 on." in told
    assert "10:42" not in told


def test_a_lesson_that_runs_is_asked_for_no_report(read, fake, signed_in):
    running = fake.add("Latin", minutes_ago=3)
    assert tell_of(signed_in, running) == ""
    assert read(running, told_of="") == {}
    assert not [path for _, path in fake.calls if path.endswith("/report")]


def test_a_report_that_can_not_be_had_is_said_and_may_be_asked_for_again(read, fake, ended):
    fake.lessons[ended.session_id].after.broken = True
    answer = read(ended)
    assert "The database can't be read." in str(answer["report-words"])
    assert answer["report-again"]["hidden"] is False
    fake.lessons[ended.session_id].after.broken = False
    assert "mostly neutral" in str(read(ended)["report-words"])


def test_the_report_is_read_anew_when_what_it_says_changed_but_not_for_a_note(
    signed_in, fake, ended
):
    teaching = fake.lessons[ended.session_id].teaching
    first = tell_of(signed_in, ended)
    teaching.markers.append(mark(ended, "note"))
    assert tell_of(signed_in, ended) == first
    teaching.markers.append(mark(ended, "question"))
    assert tell_of(signed_in, ended) != first


def mark(session, kind):
    return Marker(marker_id="a" * 24, at=session.started_at, kind=kind, label="Why salt?")


def test_the_list_leads_to_the_report_of_what_has_ended_and_to_its_course(signed_in, fake, ended):
    running = fake.add("Latin", minutes_ago=3)
    listed = str(signed_in.press("sessions-shown.data", "sessions-tick.n_intervals"))
    assert f'/dashboard/session/{ended.session_id}/report"' in listed
    assert f'/dashboard/session/{running.session_id}/report"' not in listed
    assert "/dashboard/course/Biology%209b" in listed


def test_a_course_whose_name_has_a_slash_has_an_address(signed_in, fake):
    session = fake.add("Latin", minutes_ago=3, course="Latin 6a/b?")
    head = str(Page(signed_in, session.session_id).tick()["head"])
    assert "/dashboard/course/Latin%206a%2Fb%3F" in head


def test_a_session_is_started_in_a_course(signed_in, fake):
    signed_in.press("start-problem.children", "start.n_clicks", start=1, start_title="Osmosis",
                    start_course=" Biology 9b ", start_camera=True)  # fmt: skip
    [lesson] = fake.lessons.values()
    assert lesson.session.course == "Biology 9b"


def test_a_course_with_too_long_a_name_is_answered_in_words(signed_in, fake):
    told = signed_in.press("start-problem.children", "start.n_clicks", start=1, start_title="A",
                           start_course="x" * 121, start_camera=True)  # fmt: skip
    assert "up to 120 characters" in str(told)
    assert fake.lessons == {}


def test_title_and_course_are_changed_and_the_courses_there_are_offered(signed_in, fake, ended):
    http, ours = signed_in.http, {"Roomtone-Page": "1"}
    at = f"/dashboard/session/{ended.session_id}"
    changed = http.patch(at, headers=ours, json={"title": "Salt", "course": None})
    assert (changed.json()["title"], changed.json()["course"]) == ("Salt", None)
    assert http.patch(at, json={"title": "Forged"}).status_code == 403
    fake.add("Latin", minutes_ago=3, course="Latin 6a")
    known = http.get("/dashboard/courses", headers=ours).json()
    assert [each["course"] for each in known] == ["Latin 6a"]
