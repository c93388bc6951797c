"""Addresses of courses and comparisons at the gate: any name, with and without being signed in."""

from urllib.parse import quote

import pytest

from tests.dashboard.fake_server import TOKEN

NAMES = ["Biology 9b", "Bio/Chem", "🧬 Biologie", "a?b=c&d#e", "100 %", "..b", "x" * 120, "ü" * 120]


@pytest.mark.parametrize("name", NAMES)
def test_a_course_of_any_name_has_a_page(signed_in, name):
    assert signed_in.http.get(f"/dashboard/course/{quote(name, safe='')}").status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_the_token_leaves_the_address_and_the_name_stays(browser, name):
    address = f"/dashboard/course/{quote(name, safe='')}"
    answer = browser.http.get(f"{address}?token={TOKEN}", follow_redirects=False)
    assert answer.status_code == 303
    assert "token" not in answer.headers["location"]
    last = browser.http.get(answer.headers["location"], follow_redirects=False)
    assert last.status_code == 200


def test_whoever_signs_in_gets_to_the_comparison_asked_for(browser):
    address = "/dashboard/compare?session=a1&session=b2"
    page = browser.http.get(address)
    assert page.status_code == 401
    assert "session=a1&amp;session=b2" in page.text
    form = {"token": TOKEN, "next": address}
    answer = browser.http.post("/dashboard/sign-in", data=form, follow_redirects=False)
    assert answer.headers["location"] == address


@pytest.mark.parametrize(
    "wanted",
    ["https://elsewhere.test/dashboard/compare", "//elsewhere.test/dashboard/", "javascript:1",
     "/dashboard/compare/x", "/api/v1/sessions", "/dashboard/course/"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere_after_signing_in(browser, wanted):
    form = {"token": TOKEN, "next": wanted}
    answer = browser.http.post("/dashboard/sign-in", data=form, follow_redirects=False)
    assert answer.headers["location"] == "/dashboard/"


@pytest.mark.parametrize("path", ["course", "course/", "compare/x", "compared"])
def test_there_is_nothing_beside_them(signed_in, path):
    assert signed_in.http.get(f"/dashboard/{path}").status_code == 404
