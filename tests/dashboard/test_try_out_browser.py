"""A picture and the teacher's own camera, tried out in a real browser."""

import itertools
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.cameras import film, with_camera
from tests.dashboard.browsers import axe, sync_api
from tests.dashboard.fake_videos import make_face
from tests.dashboard.film_pages import (
    eventually,
    expect,
    fake,
    films,
    open_context,
    open_page,
    origin,
)

__all__ = ["fake", "films", "open_context", "open_page", "origin"]

pytestmark = pytest.mark.browser

PAGE = "/dashboard/try"
WATCH = """() => {
  const { mediaDevices } = navigator, open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wish) => {
    window.opened = await open(wish);
    return window.opened;
  };
}"""
ENDED = "window.opened.getTracks().every((track) => track.readyState === 'ended')"
CALLS = """() => performance.getEntriesByType("resource")
  .filter((each) => each.initiatorType === "fetch" && each.name.includes("analyze"))
  .map((each) => [each.startTime, each.responseEnd])"""
WEBCAM = Path(__file__).parents[2].parent / "shared" / "data" / "webcam" / "engaged"


def paint(width=64, height=48, kind=".jpg"):
    return cv2.imencode(kind, np.full((height, width, 3), 90, np.uint8))[1].tobytes()


def turn(jpeg, orientation=6):
    """Return the JPEG with EXIF data that say how it is to be turned."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1) + entry + bytes(4)
    told = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(told) + 2) + told + jpeg[2:]


def choose(page, name, data):
    kind = "image/" + name.split(".")[-1]
    page.set_input_files("#picture-file", {"name": name, "mimeType": kind, "buffer": data})


@pytest.fixture
def page(open_page):
    page = open_page(PAGE)
    expect(page, "#picture-drop")
    return page


@pytest.mark.parametrize("kind", ["jpg", "jpeg", "png", "webp"])
def test_a_picture_is_shown_with_all_its_faces_and_told_as_a_table(page, films, kind):
    films.in_picture = [make_face("sad", 0.6, (4.0, 5.0, 20.0, 25.0)), make_face("happy")]
    choose(page, f"class.{kind}", paint(kind=f".{kind}"))
    expect(page, "#picture-state:has-text('2 faces were found.')")
    rows = page.locator("#picture-table tbody tr")
    assert rows.count() == 2
    assert rows.first.inner_text().split() == [
        *("1", "sad", "7", "%", "7", "%", "7", "%", "7", "%", "60", "%", "7", "%", "7", "%"),
        *("4,", "5,", "20", "×", "25"),
    ]
    assert page.locator("#picture-shown").is_visible()
    assert films.pictures[0][1] == (48, 64)
    assert page.complaints == []


def test_a_picture_without_faces_says_so(page, films):
    choose(page, "wall.png", paint(kind=".png"))
    expect(page, "#picture-state:has-text('No faces were found in this picture.')")
    assert not page.locator("#picture-table").is_visible()


def test_others_are_refused_with_a_sentence_and_not_sent(page, films):
    for name, data, said in (
        ("notes.txt", b"hello", "none of JPEG, PNG and WebP"),
        ("empty.jpg", b"", "That file is empty."),
        ("large.jpg", bytes(5_000_001), "5 MB; at most 5 MB"),
        ("text.jpg", b"this is text", "can’t be opened"),
    ):
        choose(page, name, data)
        expect(page, f"#picture-problem:has-text('{said}')")
        assert not page.locator("#picture-seen").is_visible()
    assert films.pictures == []
    choose(page, "good.jpg", paint())
    expect(page, "#picture-problem", state="hidden")


def test_what_the_server_says_of_a_picture_is_said(page, films):
    films.busy = True
    choose(page, "good.jpg", paint())
    expect(page, "#picture-problem:has-text('Too many pictures at once.')")


def test_a_phones_picture_is_sent_upright(page, films):
    choose(page, "phone.jpg", turn(paint(64, 48)))
    expect(page, "#picture-state:has-text('No faces')")
    assert films.pictures[0][1] == (64, 48)


def test_a_picture_is_pasted_or_dropped(page, films):
    films.in_picture = [make_face("fear")]
    give = """([how, bytes]) => {
      const file = new File([new Uint8Array(bytes)], "a.png", { type: "image/png" });
      const data = new DataTransfer();
      data.items.add(file);
      const kind = how === "paste" ? ClipboardEvent : DragEvent;
      const event = new kind(how, { clipboardData: data, dataTransfer: data, bubbles: true, cancelable: true });
      document.getElementById("picture-drop").dispatchEvent(event);
    }"""  # noqa: E501
    for number, how in enumerate(("paste", "drop"), 1):
        page.evaluate(give, [how, list(paint(kind=".png"))])
        eventually(page, lambda n=number: len(films.pictures) == n)
        expect(page, "#picture-state:has-text('1 face was found.')")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """A browser whose camera shows somebody of the shared webcams, else its own test picture."""
    target = tmp_path_factory.mktemp("camera") / "camera.mjpeg"
    made = film(WEBCAM, target, most=10) if WEBCAM.exists() else None
    with sync_api.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=with_camera(made)
            )
        except sync_api.Error as error:
            pytest.skip(f"Chromium does not start here: {error}")
        yield browser
        browser.close()


@pytest.fixture
def seen(open_page):
    return open_page(PAGE, permissions=["camera"])


def start(page):
    expect(page, "#camera-start")
    page.get_by_role("button", name="Start the camera").click()


def test_the_camera_is_read_about_twice_a_second_one_picture_at_a_time(seen, films):
    films.in_picture = [make_face("happy"), make_face("neutral")]
    start(seen)
    expect(seen, "#camera-state:has-text('2 faces in view')")
    assert seen.locator("#camera-table tbody tr").count() == 2
    eventually(seen, lambda: len(films.pictures) >= 6)
    sent = seen.evaluate(CALLS)
    assert len(sent) >= 5
    for (began, answered), (next_began, _) in itertools.pairwise(sent):
        assert next_began - began > 300
        assert next_began >= answered
    assert {(kind, shape[1]) for kind, shape, _ in films.pictures} == {("image/jpeg", 640)}
    films.in_picture = []
    expect(seen, "#camera-state:has-text('No face in view')")
    seen.get_by_role("button", name="Stop the camera").click()
    seen.wait_for_timeout(700)
    sent = len(films.pictures)
    seen.wait_for_timeout(1500)
    assert len(films.pictures) == sent
    assert seen.evaluate("document.activeElement.id") == "camera-start"
    assert seen.complaints == []


def test_leaving_the_page_or_hiding_it_stops_the_camera(seen, films):
    expect(seen, "#camera-start")
    seen.evaluate(WATCH)
    start(seen)
    eventually(seen, lambda: films.pictures)
    seen.evaluate("""() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }""")
    expect(seen, "#camera-problem:has-text('because this page was hidden')")
    assert seen.evaluate(ENDED)
    seen.evaluate("() => { Object.defineProperty(document, 'hidden', { value: false }); }")
    start(seen)
    expect(seen, "#camera-seen:visible")
    seen.get_by_role("link", name="Recordings").click()
    expect(seen, "#recording-form")
    assert seen.evaluate(ENDED)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("NotAllowedError", "The browser gives this page no camera."),
        ("NotFoundError", "No camera was found."),
        ("NotReadableError", "another program may be using it"),
    ],
)
def test_a_camera_that_is_denied_missing_or_taken_is_said_in_words(page, films, fault, said):
    page.evaluate(f"""() => {{
      const refuse = () => {{ throw new DOMException("x", "{fault}"); }};
      navigator.mediaDevices.getUserMedia = async () => refuse();
    }}""")
    start(page)
    expect(page, f"#camera-problem:has-text('{said}')")
    assert films.pictures == []


def test_an_unplugged_camera_and_a_busy_server_are_said(seen, films):
    films.busy = True
    expect(seen, "#camera-start")
    seen.evaluate(WATCH)
    start(seen)
    expect(seen, "#camera-problem:has-text('Too many pictures at once.')")
    films.busy = False
    expect(seen, "#camera-state:has-text('No face in view')")
    assert not seen.locator("#camera-problem").is_visible()
    seen.evaluate("() => window.opened.getTracks()[0].dispatchEvent(new Event('ended'))")
    expect(seen, "#camera-problem:has-text('unplugged or switched off')")
    assert not seen.locator("#camera-seen").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits_a_phone(open_page, films, scheme):
    films.in_picture = [make_face("sad")]
    page = open_page(PAGE, color_scheme=scheme, viewport={"width": 390, "height": 844})
    expect(page, "#picture-drop")
    choose(page, "class.jpg", paint())
    expect(page, "#picture-state:has-text('1 face was found.')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    found = axe.Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found
            if v["impact"] in ("serious", "critical")] == []  # fmt: skip
