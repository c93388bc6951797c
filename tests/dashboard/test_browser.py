"""The dashboard in a real browser, in front of the fake server: what a teacher sees and can do."""

import re

import pytest

from dashboard.app import create_dashboard
from tests.dashboard.browsers import (
    DESK,
    PHONE,
    axe,
    chromium,
    fake,
    open_page,
    origin,
    path_of,
    port,
    serving,
    settle,
    sync_api,
)
from tests.dashboard.fake_server import TOKEN, FakeServer, MadeUpClass, connect
from tests.servers import free_port

__all__ = ["chromium", "fake", "open_page", "origin", "port"]

pytestmark = pytest.mark.browser


EVERY_PAGE = ["list", "Biology 9b, 3rd lesson", "A simulated class", "Latin 6a", "sign-in"]


def open_any(open_page, fake, name, **more):
    if name in ("list", "sign-in"):
        page = open_page(signed_in=name == "list", **more)
    else:
        page = open_page(path_of(fake, name), **more)
    settle(page)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", EVERY_PAGE)
def test_a_page_is_accessible_and_quiet_and_asks_nobody_else(open_page, fake, origin, name, scheme):
    page = open_any(open_page, fake, name, scheme=scheme)
    assert not [url for url in page.requests if not url.startswith((origin, "data:", "blob:"))]
    assert [c for c in page.complaints if "401" not in c or name != "sign-in"] == []
    found = axe.Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found
            if v["impact"] in ("serious", "critical")] == []  # fmt: skip


@pytest.mark.parametrize("name", EVERY_PAGE)
def test_a_phone_never_scrolls_sideways(open_page, fake, name):
    page = open_any(open_page, fake, name, size=PHONE)
    if page.query_selector("#twin-details"):
        page.click("#twin-details summary")
        page.wait_for_selector("#twin td")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_live_page_shows_new_data_within_two_seconds(open_page, fake):
    lesson = fake.add("Timed", minutes_ago=6)
    page = open_page(f"/dashboard/session/{lesson.session_id}")
    page.wait_for_selector("text=Mostly neutral.")
    fake.lessons[lesson.session_id].students = MadeUpClass(visible=3)
    page.wait_for_selector("text=Not enough faces to say: 3 visible", timeout=2000)
    page.wait_for_selector("text=3 of 30 visible", timeout=500)


def test_nothing_moves_while_no_data_move(open_page, fake):
    page = open_page(path_of(fake, "Latin 6a"))
    settle(page)
    page.wait_for_timeout(1000)  # the last of the first answers
    page.evaluate("""() => {
      window.moves = 0;
      const everything = { subtree: true, childList: true, attributes: true };
      const watch = new MutationObserver((all) => { window.moves += all.length; });
      watch.observe(document.getElementById("live"), everything);
    }""")
    asked = len(page.requests)
    page.wait_for_timeout(2500)
    assert page.evaluate("window.moves") == 0
    assert len(page.requests) == asked


def test_the_dark_switch_is_kept_for_the_next_visit(open_page, fake):
    page = open_page()
    settle(page)
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_label("Switch between light and dark").click()
    page.reload()
    settle(page)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_a_teacher_starts_ends_and_deletes_a_session_by_keyboard(open_page, fake):
    page = open_page()
    settle(page)
    page.locator("#start-title").focus()
    page.keyboard.type("Art 7a")
    page.keyboard.press("Tab")
    page.keyboard.type("Art")
    page.keyboard.press("Tab")
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/join$"))
    page.wait_for_selector("text=0 of 20 have joined")
    page.keyboard.press("Escape")
    page.wait_for_selector("text=No pictures yet.")
    assert page.get_by_role("link", name="Art", exact=True).is_visible()
    page.get_by_role("button", name="End").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=End this session?")
    page.keyboard.press("Escape")
    page.wait_for_selector("text=End this session?", state="hidden")
    page.get_by_role("button", name="End").press("Enter")
    page.get_by_role("button", name="End it").press("Enter")
    page.wait_for_selector("text=Ended.")
    page.get_by_role("button", name="Delete").press("Enter")
    page.wait_for_selector("text=goes for good")
    page.locator("#remove-yes").press("Enter")
    page.wait_for_selector("h1:text('Sessions')")
    assert "Art 7a" not in [lesson.session.title for lesson in fake.lessons.values()]


def test_the_join_link_is_copied_and_shown_as_a_code_to_scan(open_page, fake):
    page = open_page(path_of(fake, "Biology 9b, 3rd lesson"))
    settle(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    page.wait_for_selector("text=Copied")
    assert page.evaluate("navigator.clipboard.readText()").endswith("/join/K7MQ-2RXD")
    page.get_by_role("button", name="Show QR").click()
    page.wait_for_selector("img.qr")


def test_a_deleted_session_leaves_the_list(open_page, fake):
    fake.add("To be deleted", minutes_ago=1)
    page = open_page()
    page.get_by_label("Delete To be deleted").click()
    page.wait_for_selector("text=goes for good")
    page.locator("#erase-yes").click()
    page.wait_for_selector("text=To be deleted", state="detached")


def test_the_focus_stays_in_the_list_while_a_lesson_runs_and_when_rows_come(open_page, fake):
    lesson = fake.add("Being taught", minutes_ago=1)
    page = open_page()
    delete, link = page.get_by_label("Delete Being taught"), page.get_by_text("Being taught")
    row = page.locator(".session-row", has_text="Being taught")
    delete.focus()
    told = fake.lessons[lesson.session_id]
    told.session = told.session.model_copy(update={"joined": 4321})
    row.get_by_text("4\u202f321").wait_for()
    assert delete.evaluate("e => e === document.activeElement")
    link.focus()
    fake.add("Another lesson")
    told.session = told.session.model_copy(update={"joined": 5432})  # while another row comes
    page.wait_for_selector("text=Another lesson")
    row.get_by_text("5\u202f432").wait_for()
    assert link.evaluate("e => e === document.activeElement")
    assert page.complaints == []


def test_the_table_stays_where_it_is_read_while_buckets_come(open_page, fake):
    lesson = fake.add("Read as a table", minutes_ago=6)
    page = open_page(f"/dashboard/session/{lesson.session_id}")
    settle(page)
    page.click("#twin-details summary")
    page.wait_for_selector("#twin td")
    page.locator("#twin").focus()
    row = page.locator("#twin tbody tr").nth(20)
    at = row.get_attribute("data-at")
    page.evaluate("document.getElementById('twin').scrollTop = 400")
    read = page.locator(f"[data-at='{at}']")
    before, newest = read.bounding_box()["y"], page.locator("#twin tbody th").first.inner_text()
    page.wait_for_function(
        "was => document.querySelector('#twin tbody th').innerText !== was", arg=newest
    )
    assert read.bounding_box()["y"] == pytest.approx(before, abs=1)
    assert page.locator("#twin").evaluate("e => e === document.activeElement")


def test_an_unknown_session_leads_back_to_the_list_and_offers_nothing_else(open_page):
    page = open_page("/dashboard/session/nowhere")
    page.wait_for_selector("text=There is no such session")
    sync_api.expect(page).to_have_title("No session here · Roomtone", timeout=10_000)
    assert page.locator("main").get_by_role("button").count() == 0
    assert not page.locator(".chart-title").is_visible()
    page.get_by_role("link", name="Back to your sessions").press("Enter")
    page.wait_for_selector("h1:text('Sessions')")
    sync_api.expect(page).to_have_title("Sessions · Roomtone", timeout=2000)


def test_the_window_is_titled_as_what_it_shows(open_page, fake):
    page = open_page()
    settle(page)
    sync_api.expect(page).to_have_title("Sessions · Roomtone", timeout=2000)
    page.get_by_role("link", name="Latin 6a", exact=True).click()
    sync_api.expect(page).to_have_title("Latin 6a · Roomtone", timeout=10_000)


def test_with_many_sessions_a_phone_shows_the_form_first(chromium):
    fake = FakeServer()
    for number in range(200):
        fake.add(f"lesson {number}", minutes_ago=number, ended_minutes_ago=0,
                 students=MadeUpClass(visible=0))  # fmt: skip
    port = free_port()
    with serving(create_dashboard(connect(fake)), port):
        page = chromium.new_page(viewport=PHONE)
        page.goto(f"http://127.0.0.1:{port}/dashboard/?token={TOKEN}")
        page.wait_for_selector(".session-row")
        assert page.locator("#start").bounding_box()["y"] < PHONE["height"]
        assert page.locator(".session-row").count() == 30
        more = page.get_by_role("button", name="Show all 200")
        more.press("Enter")
        page.wait_for_selector("text=lesson 199")
        assert page.locator(".session-row").count() == 200
        assert page.locator("#show-all").evaluate("e => e === document.activeElement")
        page.set_viewport_size(DESK)
        form, rows = (page.locator(s).bounding_box() for s in (".start", ".session-row >> nth=0"))
        assert form["x"] > rows["x"] + rows["width"]
        assert abs(form["y"] - rows["y"]) < 20
        page.close()


def test_a_lost_sign_in_is_said_on_the_page(open_page, fake):
    page = open_page(path_of(fake, "A simulated class"))
    settle(page)
    page.context.clear_cookies()
    page.wait_for_selector("text=You are signed out.")


def test_the_page_outlives_a_restart_of_the_server(chromium, fake):
    lesson = fake.add("Restarted", minutes_ago=6)
    port = free_port()
    page = chromium.new_page()
    with serving(create_dashboard(connect(fake)), port):
        page.goto(f"http://127.0.0.1:{port}/dashboard/session/{lesson.session_id}?token={TOKEN}")
        page.wait_for_selector("text=24 of 30 visible")
    page.wait_for_selector("text=Roomtone can’t be reached. What you see is from")
    fake.lessons[lesson.session_id].students = MadeUpClass(visible=9)
    with serving(create_dashboard(connect(fake)), port):
        page.wait_for_selector("text=9 of 30 visible")
        page.wait_for_selector("#connection", state="hidden")
    page.close()
