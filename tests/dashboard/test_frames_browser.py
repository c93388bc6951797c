"""The frame view in a real browser: for the uploader's tab alone, and until it is left."""

import pytest

from tests.dashboard.browsers import axe, chromium
from tests.dashboard.fake_videos import make_face
from tests.dashboard.film_pages import (
    eventually,
    expect,
    fake,
    films,
    make_file,
    open_context,
    open_page,
    origin,
    upload,
)

__all__ = ["chromium", "fake", "films", "open_context", "open_page", "origin"]

pytestmark = pytest.mark.browser

GREY = """() => {
  const canvas = document.getElementById("frames-picture");
  return [...canvas.getContext("2d").getImageData(canvas.width - 5, canvas.height - 5, 1, 1).data];
}"""


@pytest.fixture
def view(open_page, films, tmp_path):
    """Uploads a recording and opens its frames."""

    def view(**more):
        page = open_page(**more)
        upload(page, make_file(tmp_path / "a.mp4", 10_000), show=True)
        page.get_by_role("link", name="Look at the frames").click()
        expect(page, "#frames-view:visible")
        return page

    return view


def shows(page, number):
    """Wait until the canvas shows the frame: its grey tells which."""
    grey = 40 + number * 10 % 200
    eventually(page, lambda: abs(page.evaluate(GREY)[0] - grey) < 4)
    return page.locator("#frames-where").inner_text().startswith(f"Frame {number + 1} of ")


def test_the_slider_goes_through_the_frames_by_key_and_the_table_tells_what_is_drawn(view, films):
    page = view()
    expect(page, "#frames-where:has-text('Frame 1 of 12, at 0:00')")
    slider = page.locator("#frames-slider")
    slider.focus()
    for key, number in (("ArrowRight", 1), ("End", 11), ("ArrowLeft", 10), ("Home", 0)):
        page.keyboard.press(key)
        assert shows(page, number)
    page.keyboard.press("PageUp")
    assert slider.input_value() != "0"
    page.keyboard.press("Home")
    assert shows(page, 0)
    assert slider.get_attribute("aria-valuetext") == "0:00, faces: 2"
    heads = [cell.inner_text() for cell in page.locator("#frames-table thead th").all()]
    row = [cell.inner_text() for cell in page.locator("#frames-table tbody tr").first.locator(
        "th, td").all()]  # fmt: skip
    told = dict(zip(heads, row, strict=True))
    assert (told["Face"], told["Expression"], told["happy"]) == ("1", "happy", "70 %")
    assert (told["angry"], told["Box: x, y, width × height"]) == ("5 %", "40, 30, 60 × 80")
    assert page.locator("#frames-faces").inner_text() == "2 faces"
    assert page.locator("#frames-counts [data-emotion=happy]").inner_text() == "happy 1"
    assert page.locator("#frames-most").inner_text() == "Most frequent: neutral, of 12 faces."
    assert page.complaints == []


def test_boxes_are_drawn_in_the_emotions_colour(view):
    page = view()
    shows(page, 0)
    drawn = page.evaluate("""() => {
      const canvas = document.getElementById("frames-picture");
      const scale = canvas.width / 320;
      return [...canvas.getContext("2d").getImageData(40 * scale, 70 * scale, 1, 1).data];
    }""")
    assert drawn == [0xE6, 0xB8, 0x00, 255]


def test_the_buttons_lead_to_the_changes_of_the_report(view, films):
    films.changes = [3.0, 8.0]
    page = view()
    expect(page, "#frames-steps:has-text('those of the report')")
    after, before = (page.get_by_role("button", name=f"{w} change") for w in ("Next", "Previous"))
    assert before.is_disabled()
    after.click()
    assert shows(page, 3)
    after.click()
    assert shows(page, 8)
    assert after.is_disabled()
    before.click()
    assert shows(page, 3)


def test_where_no_change_is_told_they_lead_to_another_most_frequent_expression(view, films):
    films.seen = lambda number: [make_face("happy" if number < 5 else "sad")]
    page = view()
    expect(page, "#frames-steps:has-text('No change beyond noise')")
    page.get_by_role("button", name="Next change").click()
    assert shows(page, 5)


def test_frames_play_two_a_second_and_stop(view):
    page = view()
    shows(page, 0)
    page.get_by_role("button", name="Play").click()
    page.wait_for_timeout(1800)
    page.get_by_role("button", name="Stop").click()
    at = int(page.locator("#frames-slider").input_value())
    assert 1 <= at <= 4
    page.wait_for_timeout(800)
    assert int(page.locator("#frames-slider").input_value()) == at


def test_it_can_be_opened_while_the_recording_is_still_read(view, films):
    films.frames, films.pace = 60, 1
    page = view()
    first = int(page.locator("#frames-slider").get_attribute("max"))
    assert first < 59
    films.pace = 100
    expect(page, "#frames-where:has-text('of 60')")
    assert page.locator("#frames-slider").input_value() == "0"


@pytest.mark.parametrize("leave", ["link", "reload", "close"])
def test_leaving_ends_the_visit(view, films, leave):
    page = view()
    shows(page, 0)
    assert "erases them" in page.locator("#frames-held").inner_text()
    assert films.only().visited
    page.on("dialog", lambda dialog: dialog.accept())
    if leave == "link":
        page.get_by_role("link", name="Back to the recordings").click()
        expect(page, "#recording-form")
    elif leave == "reload":
        page.reload()
        expect(page, "#frames-over-words:has-text('only to whoever uploaded')")
    else:
        other = page.context.new_page()
        page.close()
        page = other
    eventually(page, lambda: not films.only().visited)


def test_another_tab_is_told_that_frames_are_the_uploaders(view, films):
    page = view()
    other = page.context.goes_to(f"/dashboard/recordings/{films.only().video.video_id}")
    expect(other, "#frames-over-words:has-text('only during that visit')")
    assert not other.locator("#frames-view").is_visible()
    other.close()
    assert films.only().visited


def test_a_visit_that_the_server_ended_is_said(view, films):
    page = view()
    shows(page, 0)
    films.only().visited = False
    page.locator("#frames-slider").focus()
    page.keyboard.press("End")
    expect(page, "#frames-over-words:has-text('This visit is over')")
    assert not page.locator("#frames-view").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits_a_phone(view, scheme):
    page = view(color_scheme=scheme, viewport={"width": 390, "height": 844})
    shows(page, 0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    found = axe.Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found
            if v["impact"] in ("serious", "critical")] == []  # fmt: skip
