"""Pages of recordings in Chromium, and files to upload there: common ground of their tests."""

import socket

import pytest

from dashboard.app import create_dashboard
from tests.dashboard.browsers import serving
from tests.dashboard.fake_server import TOKEN, FakeServer, connect

MB = 1_000_000


@pytest.fixture(scope="module")
def fake():
    return FakeServer()


@pytest.fixture(scope="module")
def origin(fake):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with serving(create_dashboard(connect(fake)), port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def films(fake):
    """The fake's recordings, as new for each test."""
    fake.films.__init__()
    fake.down = fake.failing = False
    return fake.films


@pytest.fixture
def open_context(chromium, origin):
    """Opens a browser's profile, signed in; every page of it remembers its complaints."""
    contexts = []

    def open_it(**more):
        context = chromium.new_context(timezone_id="Europe/Rome", **more)
        contexts.append(context)
        context.goes_to = lambda path, page=None: visit(context, origin, path, page)
        return context

    yield open_it
    for context in contexts:
        context.close()


def visit(context, origin, path, page=None):
    page = page or context.new_page()
    if not hasattr(page, "complaints"):
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(f"{origin}{path}?token={TOKEN}")
    return page


@pytest.fixture
def open_page(open_context):
    return lambda path="/dashboard/recordings", **more: open_context(**more).goes_to(path)


def make_file(path, size=3 * MB, fill=b"roomtone"):
    """Write a file whose every byte depends on its place, so that a lost piece shows."""
    path.write_bytes(b"".join(at.to_bytes(8, "big") for at in range(size // 8 + 1))[:size])
    return path


def expect(page, selector, **more):
    return page.wait_for_selector(selector, timeout=15_000, **more)


def upload(page, path, title="Biology 9b", *, show=False):
    expect(page, "#recording-form")
    page.set_input_files("#recording-file", path)
    page.locator("#recording-title").fill(title)
    if show:
        page.get_by_label("Let me look at the frames").check()
    page.get_by_role("button", name="Upload", exact=True).click()


def eventually(page, check, seconds=15):
    """Wait until `check()` is true, with the page going on."""
    for _ in range(seconds * 10):
        if check():
            return
        page.wait_for_timeout(100)
    assert check()
