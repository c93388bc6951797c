"""The join screen, the dialogs and the language in a real browser: on a phone, accessible, kept."""

from datetime import timedelta

import pytest

from tests.dashboard.browsers import PHONE, axe, chromium  # noqa: F401
from tests.dashboard.fake_server import MadeUpClass
from tests.dashboard.test_teaching import (  # noqa: F401
    SLIDES,
    expect,
    fake,
    lesson,
    live,
    open_page,
    origin,
)

pytestmark = pytest.mark.browser


def test_the_join_screen_tells_how_to_join_and_how_many_have(open_page, fake, lesson):  # noqa: F811
    at = f"/dashboard/session/{lesson.session.session_id}/join"
    page = open_page(at)
    expect(page, "text=28 of 30 have joined")
    assert page.locator("img.qr").is_visible()
    assert "neutral" not in page.inner_text("body")
    assert "Only this computer can open this address" in page.inner_text("#join-screen-warning")
    lesson.session = lesson.session.model_copy(update={"present": 29})
    expect(page, "text=29 of 30 have joined")
    page.keyboard.press("Escape")
    expect(page, "#join-screen")
    page.keyboard.press("j")
    expect(page, ".code.huge")
    ended = lesson.session.started_at + timedelta(minutes=8)
    lesson.session = lesson.session.model_copy(update={"ended_at": ended})
    expect(page, "text=nobody can join any more")
    assert page.complaints == []


def test_the_alert_threshold_is_kept_in_this_browser(live):  # noqa: F811
    page = live()
    page.keyboard.press("?")
    page.locator("#alert-least").fill("25")
    page.locator("#alert-least").press("Enter")
    page.reload()
    expect(page, "#keys-ask")
    page.keyboard.press("?")
    assert page.locator("#alert-least").input_value() == "25"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dialogs_and_the_join_screen_are_accessible(live, lesson, scheme):  # noqa: F811
    lesson.teaching.outline = list(SLIDES)
    page = live(color_scheme=scheme)
    page.keyboard.press("q")
    expect(page, "#marker-list .rows")
    for name in ("marker", "outline", "keys", "profile", "share"):
        page.evaluate(f"() => {{ window.roomtone.open('{name}'); }}")
        assert faults(page) == [], name
        page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page, ".code.huge")
    assert faults(page) == []


def faults(page):
    found = axe.Axe().run(page).response["violations"]
    return [
        (v["id"], [n["html"] for n in v["nodes"]])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def test_a_phone_shows_every_dialog_and_the_join_screen_without_scrolling_sideways(live, lesson):  # noqa: F811
    lesson.teaching.outline = list(SLIDES)
    page = live(viewport=PHONE)
    for name in ("marker", "outline", "keys", "profile", "share"):
        page.evaluate(f"() => {{ window.roomtone.open('{name}'); }}")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
        wide = f"() => document.getElementById('{name}-dialog').scrollWidth"
        assert page.evaluate(wide) <= 390, name
        page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page, ".code.huge")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_the_page_speaks_the_language_that_was_chosen(open_page, fake):  # noqa: F811
    fake.add("Latin", minutes_ago=2, students=MadeUpClass(visible=7))
    page = open_page(locale="en-GB")
    assert page.evaluate("() => document.documentElement.lang") == "en"
    page.get_by_role("button", name="Deutsch").click()
    page.wait_for_function("() => document.documentElement.lang === 'de'")
    expect(page, "#sessions")
    assert page.get_by_role("button", name="English").is_visible()
    page.reload()
    assert page.evaluate("() => document.documentElement.lang") == "de"
