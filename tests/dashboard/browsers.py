"""Chromium in front of the fake server, for the tests that drive the dashboard in it.

Whoever imports this is skipped where the browser's packages are missing.
"""

import asyncio
import socket
import threading
from contextlib import contextmanager

import pytest
import uvicorn

from dashboard.app import create_dashboard
from tests.dashboard.fake_server import TOKEN, FakeServer, MadeUpClass, connect

sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@contextmanager
def serving(app, port):
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_level="error", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    try:
        while not server.started:
            thread.join(0.02)
        yield
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def fake():
    fake = FakeServer()
    fake.add("Biology 9b, 3rd lesson", minutes_ago=12, students=MadeUpClass(lively_from=600))
    fake.add("A simulated class", minutes_ago=7, simulated=True)
    fake.add("Latin 6a", minutes_ago=90, ended_minutes_ago=45,
             students=MadeUpClass(visible=lambda s: 2 if 700 < s < 900 else 21))  # fmt: skip
    return fake


@pytest.fixture(scope="module")
def origin(fake, port):
    with serving(create_dashboard(connect(fake)), port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=ARGUMENTS
            )
        except sync_api.Error as error:
            pytest.skip(f"Chromium does not start here: {error}")
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, origin):
    """Opens a signed-in page; remembers what it complained of and where it sent requests."""
    contexts = []

    def open_it(path="/dashboard/", *, size=DESK, scheme="light", signed_in=True):
        context = chromium.new_context(
            viewport=size, color_scheme=scheme, timezone_id="Europe/Rome"
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints, page.requests = [], []
        page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(f"{origin}{path}" + (f"?token={TOKEN}" if signed_in else ""))
        return page

    yield open_it
    for context in contexts:
        context.close()


def path_of(fake, title):
    return next(
        f"/dashboard/session/{i}" for i, le in fake.lessons.items() if le.session.title == title
    )


def settle(page):
    page.wait_for_selector("#sessions h2, #mood .scatterlayer .trace, .gate h1")
    drawn = "#live.is-ended, #lesson .scatterlayer .trace, #sessions, .gate h1"  # ended: no strip
    page.wait_for_selector(drawn, state="attached")
