"""Every page is in the viewer's language, and says which it is."""

import json
import re

import pytest

from server.languages import speaking
from tests.dashboard.fake_server import TOKEN


def open_index(browser, **headers):
    return browser.http.get("/dashboard/", headers=headers).text


def words_of(page):
    return json.loads(re.search(r'<script type="application/json" id="words">(.*?)</script>',
                                page, re.DOTALL)[1])  # fmt: skip


@pytest.mark.parametrize(
    ("accepted", "cookie", "spoken"),
    [
        ("", None, "en"),
        ("de-CH,de;q=0.9", None, "de"),
        ("fr", None, "en"),
        ("de", "en", "en"),
        ("en", "de", "de"),
        ("en", "<script>", "en"),
    ],
)
def test_a_choice_wins_over_what_the_browser_accepts(signed_in, accepted, cookie, spoken):
    if cookie:
        signed_in.http.cookies.set("roomtone_language", cookie, path="/dashboard")
    page = open_index(signed_in, **{"Accept-Language": accepted})
    assert f'<html lang="{spoken}">' in page
    assert words_of(page)["language"] == spoken


def test_the_page_that_asks_for_the_token_speaks_it_too(browser):
    answer = browser.http.get("/dashboard/", headers={"Accept-Language": "de"})
    assert '<html lang="de">' in answer.text


def test_two_visitors_at_once_are_each_spoken_to_in_their_own(signed_in):
    with speaking("de"):  # whoever asked before
        assert '<html lang="en">' in open_index(signed_in, **{"Accept-Language": "en"})
    layout = signed_in.http.get("/dashboard/_dash-layout", headers={"Accept-Language": "de"}).json()
    assert "Deutsch" in str(layout)


def test_dialogs_stand_in_the_page_once_and_scripts_have_their_words(signed_in):
    page = open_index(signed_in)
    for name in ("marker", "outline", "keys", "profile", "share"):
        assert page.count(f'id="{name}-dialog"') == 1
    words = words_of(page)
    assert words["share_faces"] == {"one": "{n} face counted", "other": "{n} faces counted"}
    assert TOKEN not in page
    assert not re.search(r"\{%\w+%\}", page)


def test_every_word_that_a_script_says_is_there(signed_in):
    words = words_of(open_index(signed_in))
    scripts = re.findall(r'src="(/dashboard/assets/[^"]+\.js[^"]*)"', open_index(signed_in))
    said = {
        name
        for address in scripts
        for name in re.findall(r'\bsay\("(\w+)"', signed_in.http.get(address).text)
    }
    assert len(said) > 20
    assert said <= words.keys()
