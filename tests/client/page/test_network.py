"""Between the student's page and the server: busy, away, killed; and tabs that sleep."""

import signal

import pytest

from tests.client.page.conftest import Lesson, answer, counted, wait_until
from tests.servers import free_port, running_server

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_given_the_time_it_asks_for(start, student, status):
    lesson = start()
    page = student(lesson.url)
    page.agrees()
    page.sends(1)
    page.page.route("**/frames", answer(status, **{"Retry-After": "3"}))
    page.waits_for("busy")
    asked = len([r for r in page.requests if r.url.endswith("/frames")])
    page.page.wait_for_timeout(2000)
    assert len([r for r in page.requests if r.url.endswith("/frames")]) == asked
    page.page.unroute("**/frames")
    page.waits_for("sending")
    refused = [e for e in page.download()["sent"] if e["outcome"] == "refused"]
    assert {e["http_status"] for e in refused} == {status}


def test_a_lost_network_is_said_and_survived(start, student):
    lesson = start()
    page = student(lesson.url)
    page.agrees()
    page.sends(1)
    page.page.context.set_offline(True)
    page.waits_for("reconnecting")
    page.page.wait_for_timeout(2500)
    frames = len([r for r in page.requests if r.url.endswith("/frames")])
    page.page.wait_for_timeout(2500)
    assert len([r for r in page.requests if r.url.endswith("/frames")]) == frames
    page.page.context.set_offline(False)
    page.waits_for("sending")
    before = lesson.frames
    wait_until(lambda: lesson.frames > before)


def test_a_frame_whose_answer_was_lost_is_listed_as_counted_once(start, student):
    lesson = start()
    page = student(lesson.url)
    page.agrees()
    page.sends(1)

    def lose(route):
        route.fetch()
        route.abort()

    page.page.route("**/frames", lose, times=1)
    page.waits_for("reconnecting")
    page.waits_for("sending")
    page.press("pause")
    wait_until(lambda: not [e for e in page.download()["sent"] if e["outcome"] == "under way"])
    told = page.download()
    assert len([e for e in told["sent"] if e.get("answer_lost")]) == 1
    assert len(counted(told)) == lesson.frames
    assert not [e for e in told["sent"] if e["outcome"] in ("duplicate", "no answer")]


def test_leaving_without_a_network_stops_at_once_and_erases_later(start, student):
    lesson = start(bucket_seconds=60)
    page = student(lesson.url)
    page.agrees()
    page.sends(1)
    page.page.context.set_offline(True)
    page.press("leave")
    page.waits_for("leaving")
    page.page.wait_for_selector("text=can’t be reached to erase")
    assert page.page.evaluate("document.getElementById('video').srcObject") is None
    assert lesson.frames > 0
    page.page.context.set_offline(False)
    page.waits_for("left")
    assert "are erased" in page.reads("over-words")
    assert lesson.frames == 0


def test_a_killed_server_is_waited_for_and_nothing_is_counted_twice(student, tmp_path):
    port = free_port()
    with running_server(tmp_path, port=port, ROOMTONE_DASHBOARD="off") as server:
        lesson = Lesson(server, tmp_path)
        page = student(lesson.url)
        page.agrees()
        page.sends(1)
        server.process.send_signal(signal.SIGKILL)
        page.waits_for("reconnecting")
    with running_server(tmp_path, port=port, ROOMTONE_DASHBOARD="off"):
        page.waits_for("sending", seconds=30)
        page.press("pause")
        wait_until(lambda: not [e for e in page.download()["sent"] if e["outcome"] == "under way"])
        assert len(counted(page.download())) == lesson.frames


def test_a_tab_that_was_in_the_background_says_that_pictures_were_rare(start, student):
    lesson = start()
    page = student(lesson.url)
    page.page.clock.install()
    page.agrees()
    page.sends(1)
    look = """state => {
      Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.page.evaluate(look, "hidden")
    page.page.clock.fast_forward(60_000)
    page.page.evaluate(look, "visible")
    page.page.wait_for_selector("#note:has-text('in the background')")
    before = lesson.frames
    wait_until(lambda: lesson.frames > before)
    assert page.state == "sending"


def test_a_tab_that_was_frozen_goes_on(start, student):
    lesson = start()
    page = student(lesson.url)
    page.agrees()
    page.sends(1)
    browser = page.page.context.new_cdp_session(page.page)
    browser.send("Page.setWebLifecycleState", {"state": "frozen"})
    page.page.wait_for_timeout(3000)
    frames = lesson.frames
    browser.send("Page.setWebLifecycleState", {"state": "active"})
    wait_until(lambda: lesson.frames > frames)
