"""The teacher's meeting window, shared from a real browser: what is sent, said and stopped."""

import cv2
import numpy as np
import pytest

from tests.dashboard.browsers import chromium  # noqa: F401
from tests.dashboard.test_teaching import (  # noqa: F401
    expect,
    fake,
    lesson,
    live,
    open_page,
    origin,
)

pytestmark = pytest.mark.browser

WINDOW = """() => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [3840, 2160];
  const pen = canvas.getContext("2d");
  let step = 0;
  const draw = () => {
    for (let at = 0; at < 49; at += 1) {
      pen.fillStyle = `hsl(${at * 7 + step} 50% 50%)`;
      pen.fillRect((at % 7) * 540, Math.floor(at / 7) * 300, 500, 280);
    }
    step += 5;
  };
  draw();
  setInterval(draw, 200);
  navigator.mediaDevices.getDisplayMedia = async () => {
    if (window.refuses) throw new DOMException("no", "NotAllowedError");
    window.shown = canvas.captureStream(5);
    return window.shown;
  };
}"""


def size_of(jpeg):
    height, width = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).shape[:2]
    return width, height


@pytest.fixture
def share(live):  # noqa: F811
    """Opens a live page and shares an invented window of it."""

    def share():
        page = live()
        page.evaluate(WINDOW)
        page.locator("#share-ask").click()
        page.get_by_label("every second").check()
        page.get_by_role("button", name="Choose the window").click()
        return page

    return share


def test_the_window_is_sent_every_second_as_a_picture_of_bounded_size(share, lesson):  # noqa: F811
    page = share()
    expect(page, "#share-panel >> text=49 faces counted")
    expect(page, "#share-lamp[data-kind=sends]:has-text('Sending')")
    page.wait_for_timeout(4000)
    frames = lesson.teaching.frames
    assert 3 <= len(frames) <= 7
    assert all(frame.startswith(b"\xff\xd8\xff") for frame in frames)
    assert size_of(frames[-1]) == (1920, 1080)
    page.get_by_role("button", name="Stop sharing").click()
    expect(page, ".toast >> text=no longer shared")
    assert page.evaluate("() => window.shown.getTracks()[0].readyState") == "ended"
    sent = len(frames)
    page.wait_for_timeout(1500)
    assert len(frames) <= sent + 1


def test_sharing_goes_on_while_another_page_is_looked_at_and_numbers_rise(share, lesson):  # noqa: F811
    page = share()
    expect(page, "#share-panel >> text=49 faces counted")
    page.get_by_role("link", name="Roomtone").click()
    expect(page, "#sessions")
    before, seq = len(lesson.teaching.frames), lesson.teaching.last_seq
    page.wait_for_timeout(2500)
    assert len(lesson.teaching.frames) > before
    assert lesson.teaching.last_seq > seq > 1_700_000_000_000


def test_a_busy_server_is_waited_for_and_an_ended_session_stops_it(share, lesson, fake):  # noqa: F811
    lesson.teaching.busy = True
    page = share()
    expect(page, "#share-lamp >> text=The server is busy")
    lesson.teaching.busy = False
    expect(page, "#share-lamp >> text=Sending")
    fake.down = True
    expect(page, "#share-lamp >> text=; ")
    fake.down = False
    expect(page, "#share-lamp >> text=Sending")
    page.locator("#end-ask").click()
    page.get_by_role("button", name="End it").click()
    expect(page, ".toast >> text=The session has ended; your meeting window is no longer shared.")
    expect(page, "#share-panel", state="hidden")


def test_a_picture_that_is_too_large_is_sent_smaller(share, lesson):  # noqa: F811
    lesson.teaching.most_bytes = 60_000
    page = share()
    expect(page, "#share-lamp >> text=Sending")
    assert size_of(lesson.teaching.frames[-1])[0] < 1920


def test_the_browsers_own_stop_button_stops_it(share, lesson):  # noqa: F811
    page = share()
    expect(page, "#share-panel >> text=49 faces counted")
    page.evaluate("() => window.shown.getTracks()[0].dispatchEvent(new Event('ended'))")
    expect(page, "#share-panel", state="hidden")


def test_choosing_no_window_shares_nothing(live, lesson):  # noqa: F811
    page = live()
    page.evaluate(WINDOW)
    page.evaluate("() => { window.refuses = true; }")
    page.locator("#share-ask").click()
    page.get_by_role("button", name="Choose the window").click()
    expect(page, ".toast >> text=No window was chosen")
    assert lesson.teaching.frames == []
