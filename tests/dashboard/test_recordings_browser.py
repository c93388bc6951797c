"""Uploading a recording in a real browser: in pieces, paused, cancelled, broken off and gone on."""

import re

import pytest

from tests.dashboard.browsers import axe, chromium
from tests.dashboard.film_pages import (
    MB,
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


@pytest.fixture
def lecture(tmp_path):
    return make_file(tmp_path / "Anna Muster presents.mp4", 5 * MB)


def state(films):
    return films.only().video.state


def test_a_recording_is_sent_in_pieces_read_and_leads_to_its_session_and_report(
    open_page, films, lecture
):
    films.pace = 4
    page = open_page()
    expect(page, "#recording-form")
    page.locator("#recording-course").fill("Biology")
    page.locator("#recording-students").fill("24")
    page.locator("#recording-started").fill("2026-03-02T10:15:00")
    page.locator("#recording-rate").select_option("0")
    upload(page, lecture)
    expect(page, ".recording-row:has-text('Reading: ') >> text=s left.")
    expect(page, ".recording-row:has-text('Done: 12 frames of 0:12.')")
    assert bytes(films.only().body) == lecture.read_bytes()
    assert len(films.pieces) > 1
    wish = films.only().wish
    assert (wish.title, wish.course, wish.expected_students) == ("Biology 9b", "Biology", 24)
    assert wish.started_at.isoformat() == "2026-03-02T09:15:00+00:00"
    assert (wish.frames_per_second, wish.show_frames) == (0, False)
    session = f"/dashboard/session/{films.only().video.session_id}"
    links = {a.inner_text(): a.get_attribute("href") for a in page.locator(".recording-row a").all()
             if a.is_visible()}  # fmt: skip
    assert links == {"Session": session, "Report": f"{session}/report",
                     "Report as PDF": f"{session}/report.pdf"}  # fmt: skip
    page.get_by_role("link", name="Session: Biology 9b").click()
    page.wait_for_url(re.compile(session))
    assert page.complaints == []


def test_the_files_name_goes_nowhere(open_page, films, lecture):
    page = open_page()
    sent = []
    page.on(
        "request", lambda r: sent.append(f"{r.url} {r.headers} {(r.post_data_buffer or b'')!r}")
    )
    upload(page, lecture)
    expect(page, ".recording-row:has-text('Done')")
    assert not [each for each in sent if "Anna" in each or "Muster" in each]
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "Anna" not in kept


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("notes.txt", "none of mp4, mov, webm, avi, mkv, flv and gif"),
        ("empty.mp4", "That file is empty."),
    ],
)
def test_another_file_is_refused_with_a_sentence(open_page, films, tmp_path, name, said):
    page = open_page()
    expect(page, "#recording-form")
    page.set_input_files(
        "#recording-file", make_file(tmp_path / name, 0 if "empty" in name else 10)
    )
    expect(page, f"#recording-problem:has-text('{said}')")
    page.locator("#recording-title").fill("x")
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page, "#recording-problem:has-text('Choose a recording first.')")
    assert not films.recordings


def test_more_than_two_gigabytes_are_refused_before_anything_is_sent(open_page, films, tmp_path):
    large = tmp_path / "large.mkv"
    with large.open("wb") as file:
        file.truncate(2 * 1024**3 + 1)
    page = open_page()
    expect(page, "#recording-form")
    page.set_input_files("#recording-file", large)
    expect(page, "#recording-problem:has-text('2.1 GB; at most 2 GB')")
    assert not films.recordings


def test_what_is_missing_or_wrong_in_the_form_is_said(open_page, films, lecture):
    page = open_page()
    upload(page, lecture, title=" ")
    expect(page, "#recording-problem:has-text('Give it a title')")
    page.locator("#recording-title").fill("Biology")
    page.locator("#recording-students").fill("0")
    page.keyboard.press("Enter")
    expect(page, "#recording-problem:has-text('between 1 and 10 000 students')")
    page.locator("#recording-students").fill("5")
    page.locator("#recording-started").focus()
    page.keyboard.type("03")  # the month, and nothing else
    page.keyboard.press("Enter")
    expect(page, "#recording-problem:has-text('the day and the time in full')")
    assert not films.recordings
    films.full = True
    page.locator("#recording-started").fill("")
    page.locator("#recording-students").press("Enter")
    expect(page, "#recording-problem:has-text('no room')")


def slow(page, rate=2 * MB):
    """Let a page send so many bytes a second; return what sets another rate."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")

    def send_at(rate):
        line.send("Network.emulateNetworkConditions", {
            "offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": rate,
        })  # fmt: skip

    send_at(rate)
    return send_at


def test_an_upload_is_paused_and_goes_on_and_outlives_other_pages(open_page, films, tmp_path):
    page = open_page()
    expect(page, "#recording-form")
    slow(page)
    upload(page, make_file(tmp_path / "a.mp4", 8 * MB))
    expect(page, ".recording-words:has-text('Sending: ')")
    eventually(page, lambda: films.received > 0)
    page.get_by_role("button", name="Pause: Biology 9b").click()
    expect(page, ".recording-words:has-text('Paused at')")
    there = films.only().video.received_bytes
    page.wait_for_timeout(1500)
    assert films.only().video.received_bytes == there < 8 * MB
    page.get_by_role("button", name="Go on: Biology 9b").click()
    expect(page, ".recording-words:has-text('Sending: ')")
    page.get_by_role("link", name="Roomtone").click()
    expect(page, "h1:has-text('Sessions')")
    eventually(page, lambda: state(films) != "uploading")
    assert bytes(films.only().body) == (tmp_path / "a.mp4").read_bytes()
    assert page.complaints == []


def test_a_cancelled_upload_is_cancelled_on_the_server_and_can_be_removed(
    open_page, films, tmp_path
):
    page = open_page()
    expect(page, "#recording-form")
    slow(page, MB // 2)
    upload(page, make_file(tmp_path / "a.mp4", 8 * MB))
    expect(page, ".recording-words:has-text('Sending: ')")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Cancel: Biology 9b").click()
    assert state(films) == "uploading"
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Cancel: Biology 9b").click()
    expect(page, ".recording-words:has-text('Cancelled. Nothing of it is kept.')")
    assert state(films) == "cancelled"
    page.get_by_role("button", name="Remove from this list: Biology 9b").click()
    expect(page, "#recording-none")
    assert not films.recordings
    assert page.evaluate("document.activeElement.id") == "recording-title-of-list"
    assert page.evaluate("localStorage.getItem('roomtone-uploads')") == "{}"


def test_after_a_closed_browser_the_same_file_goes_on_where_it_was(open_context, films, tmp_path):
    path = make_file(tmp_path / "a.mp4", 8 * MB)
    context = open_context()
    first = context.goes_to("/dashboard/recordings")
    expect(first, "#recording-form")
    slow(first)
    upload(first, path, show=True)
    eventually(first, lambda: films.received > MB)
    first.close()
    there = films.only().video.received_bytes
    page = context.goes_to("/dashboard/recordings")
    expect(page, ".recording-words:has-text('Broken off at')")
    page.set_input_files("#recording-file", path)
    expect(page, "#recording-half-words:has-text('as “Biology 9b”')")
    page.keyboard.press("Enter")  # “Go on with it” has the focus
    expect(page, ".recording-row:has-text('Done')")
    assert len(films.recordings) == 1
    assert bytes(films.only().body) == path.read_bytes()
    assert there < 8 * MB
    assert page.get_by_role("link", name="Look at the frames").is_visible()


def test_a_part_of_a_file_can_also_be_let_go_to_start_anew(open_context, films, lecture):
    context = open_context()
    page = context.goes_to("/dashboard/recordings")
    expect(page, "#recording-form")
    slow(page, MB // 2)
    upload(page, lecture)
    eventually(page, lambda: films.received > 0)
    page.close()
    page = context.goes_to("/dashboard/recordings")
    expect(page, ".recording-row")
    page.set_input_files("#recording-file", lecture)
    page.get_by_role("button", name="Start anew").click()
    expect(page, "#recording-fields:visible")
    page.locator("#recording-title").fill("Another title")
    page.keyboard.press("Enter")
    expect(page, ".recording-row:has-text('Another title'):has-text('Done')")
    assert sorted(each.video.state for each in films.recordings.values()) == ["cancelled", "done"]


def test_a_lost_line_is_waited_for_and_half_a_piece_is_not_sent_again(
    open_page, films, fake, lecture
):
    films.most_piece = 700_000
    page = open_page()
    upload(page, lecture)
    expect(page, ".recording-words:has-text('trying again in')")
    eventually(page, lambda: len(films.only().body) > 0)
    fake.down = True
    expect(page, "#recording-away:has-text('reached')")
    page.wait_for_timeout(1000)
    films.most_piece, fake.down = None, False
    expect(page, ".recording-row:has-text('Done')")
    assert bytes(films.only().body) == lecture.read_bytes()


def test_what_stopped_an_upload_is_said_and_it_can_be_tried_again(open_page, films, fake, lecture):
    page = open_page()
    expect(page, "#recording-form")
    slow(page)
    upload(page, lecture)
    eventually(page, lambda: films.received > 0)
    token, fake.token = fake.token, "another"
    expect(page, ".recording-words:has-text('You are signed out.')")
    fake.token = token
    page.get_by_role("button", name="Try again: Biology 9b").click()
    expect(page, ".recording-row:has-text('Done')")
    assert bytes(films.only().body) == lecture.read_bytes()


def test_a_full_disk_is_said_and_nothing_goes_on(open_page, films, lecture):
    page = open_page()
    expect(page, "#recording-form")
    slow(page)
    upload(page, lecture)
    eventually(page, lambda: films.received > 0)
    films.full = True
    expect(page, ".recording-words:has-text('full')")
    assert state(films) == "failed"


@pytest.mark.slow
def test_two_tabs_send_two_recordings_but_not_the_same_one_twice(open_context, films, tmp_path):
    context = open_context()
    one, two = (context.goes_to("/dashboard/recordings") for _ in range(2))
    paths = [make_file(tmp_path / f"{n}.mp4", (6 + n) * MB) for n in range(2)]
    rates = []
    for page, path in zip((one, two), paths, strict=True):
        expect(page, "#recording-form")
        rates.append(slow(page, MB // 5))  # neither is through before the other has looked
        upload(page, path, title=path.stem)
    expect(two, ".recording-row:has-text('0'):has-text('Being sent by another page')")
    two.set_input_files("#recording-file", paths[0])
    two.get_by_role("button", name="Go on with it").click()
    expect(two, ".recording-words:has-text('Another tab is sending this recording.')")
    for send_at in rates:
        send_at(100 * MB)
    expect(one, ".recording-row:has(h3:text('0')):has-text('Done')")
    expect(one, ".recording-row:has(h3:text('1')):has-text('Done')")
    sent = {each.video.title: bytes(each.body) for each in films.recordings.values()}
    assert sent == {path.stem: path.read_bytes() for path in paths}


@pytest.mark.slow
def test_progress_is_told_sparingly(open_page, films, tmp_path):
    page = open_page()
    expect(page, "#recording-form")
    page.evaluate("""() => {
      window.heard = [];
      const told = document.getElementById("recording-said");
      new MutationObserver(() => window.heard.push(told.textContent))
        .observe(told, { childList: true, characterData: true, subtree: true });
    }""")
    slow(page)
    films.pace = 3
    upload(page, make_file(tmp_path / "a.mp4", 8 * MB))
    page.wait_for_selector(".recording-row:has-text('Done')", timeout=60_000)
    heard = page.evaluate("window.heard")
    assert 3 <= len(heard) <= 12
    assert heard[-1] == "Biology 9b: Done: 12 frames of 0:12."


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits_a_phone(open_page, films, lecture, scheme):
    page = open_page(color_scheme=scheme, viewport={"width": 390, "height": 844})
    upload(page, lecture, show=True)
    expect(page, ".recording-row:has-text('Done')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    found = axe.Axe().run(page).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found
            if v["impact"] in ("serious", "critical")] == []  # fmt: skip
