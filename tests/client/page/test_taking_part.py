"""A student takes part, in a real browser before a real server: agree, pause, leave, the list."""

import itertools
import re
from datetime import datetime

import pytest

from tests.client.page.conftest import counted, wait_until

pytestmark = pytest.mark.browser


def test_nothing_is_sent_and_no_camera_runs_before_agreeing(start, student):
    lesson = start()
    page = student(lesson.url)
    page.page.wait_for_timeout(1500)
    assert page.state == "asking"
    assert not [r.url for r in page.requests if "/api/" in r.url]
    page.press("decline")
    assert page.state == "declined"
    assert "That is fine" in page.reads("declined-heading")
    page.page.wait_for_timeout(1000)
    assert not [r.url for r in page.requests if "/api/" in r.url]
    assert page.page.evaluate("document.getElementById('video').srcObject") is None
    assert lesson.tell()["joined"] == 0


def test_a_student_agrees_sends_pauses_and_sees_what_was_read(start, student):
    lesson = start()
    page = student(lesson.url, camera="face")
    page.agrees()
    page.sends(2)
    page.page.wait_for_selector("#boxes rect", state="attached")
    assert re.match(r"Your face looks \w+ \(\d+\s?%\)", page.reads("reading-sentence"))
    page.press("pause")
    page.waits_for("paused")
    assert page.page.evaluate("document.getElementById('video').srcObject") is None
    page.page.wait_for_timeout(1200)  # what was under way
    before = lesson.frames
    page.page.wait_for_timeout(2000)
    assert lesson.frames == before
    page.press("pause")
    page.waits_for("sending")
    wait_until(lambda: lesson.frames > before)
    assert page.complaints == []


def test_pictures_are_small_jpegs_without_anything_else(start, student):
    page = student(start().url, camera="face")
    page.page.evaluate("""() => {
      const send = window.fetch;
      window.fetch = (path, wish) => {
        if (wish.body instanceof Blob) wish.body.bytes().then((b) => { window.sent = [...b]; });
        return send(path, wish);
      };
    }""")
    page.agrees()
    page.sends(1)
    body = bytes(page.page.evaluate("window.sent"))
    assert body[:3] == b"\xff\xd8\xff"
    assert b"Exif" not in body
    told = page.download()["sent"]
    assert all(e["width"] <= 640 and e["height"] <= 360 for e in told)
    assert len(body) in [e["bytes"] for e in told]
    assert abs(told[0]["width"] / told[0]["height"] - 16 / 9) < 0.02


def test_the_token_stands_in_no_address_and_nobody_else_is_asked(start, student):
    lesson = start()
    page = student(lesson.url)
    page.agrees()
    page.sends(2)
    token = page.page.evaluate("JSON.parse(sessionStorage[Object.keys(sessionStorage)[0]]).token")
    assert len(token) > 40
    assert not [r.url for r in page.requests if token in r.url]
    origin = lesson.server.url
    assert not [r.url for r in page.requests if not r.url.startswith((origin, "blob:" + origin))]


def test_leaving_erases_what_stood_apart_and_says_so(start, student):
    lesson = start(bucket_seconds=60)
    page = student(lesson.url)
    page.agrees()
    page.press("answer-bored")
    page.sends(2)
    wait_until(lambda: lesson.count("open_tally") and lesson.count("open_self_report"))
    page.press("leave")
    page.waits_for("left")
    assert "are erased" in page.reads("over-words")
    assert lesson.count("open_tally") == lesson.count("open_self_report") == lesson.frames == 0
    assert lesson.tell()["present"] == 0
    assert page.page.evaluate("document.getElementById('video').srcObject") is None
    assert page.page.evaluate("sessionStorage.length") == 0
    sent = len(page.requests)
    page.page.wait_for_timeout(1500)
    assert len(page.requests) == sent


def test_the_downloaded_list_is_what_the_server_counted(start, student):
    lesson = start()
    page = student(lesson.url, camera="face")
    page.agrees()
    page.press("answer-following")
    page.sends(3)
    page.press("pause")
    wait_until(lambda: not [e for e in page.download()["sent"] if e["outcome"] == "under way"])
    told = page.download()
    assert len(counted(told)) == told["frames_counted"] == lesson.frames
    assert len(counted(told, "self-report")) == told["self_reports_counted"] == 1
    assert [e["seq"] for e in told["sent"]] == list(range(1, len(told["sent"]) + 1))
    assert all(len(e["faces"]) == 1 for e in counted(told))
    page.page.locator("#sent summary").click()
    page.page.wait_for_selector("#sent-list tbody tr")
    assert page.page.locator("#sent-list tbody tr").count() == len(told["sent"])


def test_self_report_alone_needs_no_camera(start, student):
    lesson = start(camera=False)
    page = student(lesson.url, camera="none")
    page.press("agree-without-camera")
    page.waits_for("reporting")
    page.press("answer-lost")
    wait_until(lambda: lesson.count("open_self_report") == 1)
    assert page.page.locator("#answer-lost").get_attribute("aria-pressed") == "true"
    assert "5 more minutes" in page.reads("answer-stands")
    page.page.keyboard.press("3")
    assert page.page.locator("#answer-lost").get_attribute("aria-pressed") == "false"
    assert page.page.locator("#answer-too_fast").get_attribute("aria-pressed") == "true"
    page.page.wait_for_selector("#sent-count:has-text('2 answers')")
    page.page.keyboard.press("3")
    assert page.page.locator("[aria-pressed=true]").count() == 0
    page.page.locator("#keys").uncheck()
    page.page.keyboard.press("1")
    assert page.page.locator("[aria-pressed=true]").count() == 0
    assert lesson.frames == 0


def test_a_standing_answer_is_repeated_and_ends_by_itself(start, student):
    page = student(start(camera=False).url)
    page.page.clock.install()
    page.press("agree-without-camera")
    page.waits_for("reporting")
    page.press("answer-following")
    for _ in range(16):  # 6.4 minutes on the page's clock
        page.page.clock.run_for(24_000)
        page.page.wait_for_timeout(600)  # the server's clock goes on as ever
    told = [e for e in page.download()["sent"] if e["outcome"] == "counted"]
    moments = [datetime.fromisoformat(e["sent_at"]).timestamp() for e in told]
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert len(gaps) > 8
    assert all(20 <= gap <= 30 for gap in gaps)
    assert moments[-1] - moments[0] < 300
    assert {e["answer"] for e in told} == {"following"}
    assert page.page.locator("[aria-pressed=true]").count() == 0


def test_a_second_tab_of_the_same_browser_does_not_count_twice(start, student):
    lesson = start()
    first = student(lesson.url)
    first.agrees()
    second = first.page.context.new_page()
    second.goto(lesson.url)
    second.locator("#agree").click()
    second.locator("#take-over").wait_for()
    assert lesson.tell()["joined"] == 1
    second.locator("#take-over").click()
    second.wait_for_selector("body[data-state=sending]")
    first.waits_for("left")
    assert "another tab" in first.reads("over-words")
    wait_until(lambda: lesson.tell()["present"] == 1)


def test_a_reload_goes_on_with_the_same_source_after_one_tap(start, student):
    lesson = start()
    page = student(lesson.url)
    page.agrees()
    page.sends(2)
    page.page.reload()
    page.waits_for("paused")
    assert "You had agreed in this tab" in page.reads("lamp-detail")
    before = lesson.frames
    page.page.wait_for_timeout(1500)
    assert lesson.frames == before
    page.press("pause")
    page.waits_for("sending")
    wait_until(lambda: lesson.frames > before)
    assert lesson.tell()["joined"] == 1
    assert {e["outcome"] for e in page.download()["sent"]} <= {"counted", "under way"}


def test_a_clock_that_is_years_ahead_joins_nobody_twice(start, student):
    lesson = start()
    page = student("about:blank")
    page.page.clock.install(time="2041-01-01T00:00:00Z")
    page.page.goto(lesson.url)
    page.press("agree-without-camera")
    page.waits_for("reporting")
    page.press("answer-lost")
    wait_until(lambda: lesson.count("open_self_report") == 1)
    page.page.reload()
    page.waits_for("paused")
    assert lesson.tell()["joined"] == 1


def test_nothing_can_be_pressed_before_the_page_can_hear_it(start, student):
    lesson, held = start(), []
    visitor = student("about:blank")
    page = visitor.page
    page.route("**/main.js", lambda route: hold(route, held))
    page.goto(lesson.url, wait_until="commit")
    page.wait_for_selector("#agree")
    assert page.locator("#agree").is_disabled()
    assert page.locator("#decline").is_disabled()
    page.wait_for_timeout(300)
    [route] = held
    route.continue_()
    visitor.agrees()


def hold(route, held):
    held.append(route)
