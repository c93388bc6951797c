"""The live page in Chromium, fed by events; without them; and while the dashboard is away."""

import re

import pytest

from dashboard.app import create_dashboard
from tests.dashboard.browsers import DESK, chromium, serving  # noqa: F401
from tests.dashboard.fake_server import TOKEN, FakeServer, MadeUpClass, connect
from tests.servers import free_port

pytestmark = pytest.mark.browser


@pytest.fixture
def fake():
    return FakeServer()


@pytest.fixture
def lesson(fake):
    return fake.add("Biology 9b", minutes_ago=6, students=MadeUpClass(visible=24))


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def page(chromium):  # noqa: F811
    context = chromium.new_context(viewport=DESK, timezone_id="Europe/Rome")
    page = context.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    context.close()


def visit(page, port, lesson):
    page.goto(f"http://127.0.0.1:{port}/dashboard/session/{lesson.session_id}?token={TOKEN}")
    page.wait_for_selector("#mood .scatterlayer .trace", state="attached")
    page.wait_for_selector("#sentence p")


def count_ticks(page, ms):
    """Return how many of the page's clocks asked within a time."""
    before = len(page.asked)
    page.wait_for_timeout(ms)
    return len([url for url in page.asked[before:] if "_dash-update-component" in url])


def falls_asleep(page, seconds):
    """Return whether the page's clocks ask no more, at the latest after so many seconds."""
    return any(count_ticks(page, 3000) == 0 for _ in range(1 + seconds // 3))


def show(fake, lesson, visible):
    fake.lessons[lesson.session_id].students = MadeUpClass(visible=visible)


def test_events_bring_changes_while_the_clocks_sleep(fake, lesson, port, page):
    with serving(create_dashboard(connect(fake)), port):
        visit(page, port, lesson)
        page.wait_for_timeout(1500)
        assert count_ticks(page, 3000) == 0
        show(fake, lesson, 3)
        page.wait_for_selector("text=Not enough faces to say: 3 visible", timeout=2000)
        assert count_ticks(page, 2000) == 0


def test_without_events_the_clocks_ask_and_sleep_again_when_events_are_back(
    fake, lesson, port, page
):
    blocked = re.compile(r"/session/\w+/live")
    page.route(blocked, lambda route: route.abort())
    with serving(create_dashboard(connect(fake)), port):
        visit(page, port, lesson)
        show(fake, lesson, 3)
        page.wait_for_selector("text=Not enough faces to say: 3 visible", timeout=3000)
        page.wait_for_timeout(3000)
        assert count_ticks(page, 3000) >= 2
        page.unroute(blocked)
        assert falls_asleep(page, 20)  # the longest pause between two tries is 15 s
        show(fake, lesson, 24)
        page.wait_for_selector("text=Mostly neutral.", timeout=2000)


def test_a_dashboard_that_restarts_under_an_open_page_is_told_and_forgotten(
    fake, lesson, port, page
):
    with serving(create_dashboard(connect(fake)), port):
        visit(page, port, lesson)
        page.wait_for_timeout(1500)
    page.wait_for_selector("#connection:visible", timeout=8000)
    assert "can’t be reached" in page.inner_text("#connection")
    lamp = "getComputedStyle(document.querySelector('span.live'), '::before').backgroundColor"
    assert page.evaluate(lamp) == "rgba(0, 0, 0, 0)"
    show(fake, lesson, 3)
    with serving(create_dashboard(connect(fake)), port):
        page.wait_for_selector("text=Not enough faces to say: 3 visible", timeout=20_000)
        page.wait_for_selector("#connection", state="hidden", timeout=5000)
        assert falls_asleep(page, 20)


def test_a_page_that_is_left_is_followed_no_more(fake, lesson, port, page):
    with serving(create_dashboard(connect(fake)), port):
        visit(page, port, lesson)
        page.wait_for_timeout(1000)
        page.click("text=Roomtone >> nth=0")
        page.wait_for_selector("#sessions")
        page.wait_for_timeout(8000)  # a feed lingers for 5 s
        before = len([c for c in fake.calls if c[1].endswith("/mood")])
        show(fake, lesson, 3)
        page.wait_for_timeout(1500)
        assert len([c for c in fake.calls if c[1].endswith("/mood")]) == before


def test_the_buttons_that_events_brought_work(fake, lesson, port, page):
    page.route("**/_dash-update-component*", hold_fill)
    with serving(create_dashboard(connect(fake)), port):
        visit(page, port, lesson)
        page.wait_for_timeout(500)
        page.click("#qr-ask")
        page.wait_for_selector("#qr img", timeout=3000)


def test_signing_out_in_one_tab_ends_the_events_of_the_other(fake, lesson, port, page):
    with serving(create_dashboard(connect(fake)), port):
        visit(page, port, lesson)
        page.wait_for_timeout(1000)
        other = page.context.new_page()
        other.goto(f"http://127.0.0.1:{port}/dashboard/")
        other.click("text=Sign out")
        page.wait_for_selector("text=You are signed out.", timeout=5000)
        show(fake, lesson, 3)
        page.wait_for_timeout(1500)
        assert "Not enough" not in page.inner_text("#sentence")


def test_an_answer_that_events_have_overtaken_takes_nothing_back(fake, lesson, port, page):
    held = []
    page.route("**/_dash-update-component*", lambda route: hold(route, held))
    with serving(create_dashboard(connect(fake)), port):
        visit(page, port, lesson)
        page.wait_for_selector("text=Mostly neutral.")
        show(fake, lesson, 3)
        page.wait_for_selector("text=Not enough faces to say: 3 visible", timeout=3000)
        for route, answer in held:
            route.fulfill(response=answer)
        page.wait_for_timeout(1000)
        assert held
        assert "Not enough faces to say: 3 visible" in page.inner_text("#sentence")


def hold(route, held):
    """Fetch what fills the page, but keep it back."""
    if "shown.data" in (route.request.post_data or ""):
        held.append((route, route.fetch()))
    else:
        route.continue_()


def hold_fill(route):
    """Let every call pass but the one that fills the page, so that events alone do."""
    if "shown.data" in (route.request.post_data or ""):
        route.abort()
    else:
        route.continue_()
