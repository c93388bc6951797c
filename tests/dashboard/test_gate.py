import json
import re

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.dashboard.fake_server import TOKEN

COOKIE = "roomtone_teacher"


def get(browser, path, **more):
    return browser.http.get(path, follow_redirects=False, **more)


def test_the_printed_link_signs_in_and_leaves_no_token_in_the_address(browser):
    answer = get(browser, f"/dashboard/?token={TOKEN}")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/dashboard/"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}={TOKEN};")
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "Path=/dashboard" in cookie
    assert get(browser, "/dashboard/").status_code == 200


def test_a_link_to_a_session_keeps_its_address_and_other_query(browser):
    answer = get(browser, f"/dashboard/session/a1b2?token={TOKEN}&view=wide")
    assert answer.headers["location"] == "/dashboard/session/a1b2?view=wide"


def test_the_link_without_its_last_slash_works_too(browser):
    answer = browser.http.get(f"/dashboard?token={TOKEN}", follow_redirects=True)
    assert answer.status_code == 200
    assert answer.url.path == "/dashboard/"
    assert not answer.url.query


def test_over_https_the_cookie_stays_on_https(browser):
    answer = get(browser, f"https://dash.test/dashboard/?token={TOKEN}")
    assert "Secure" in answer.headers["set-cookie"]
    behind = {"X-Forwarded-Proto": "https"}
    answer = get(browser, f"/dashboard/?token={TOKEN}", headers=behind)
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("path", ["/dashboard/", "/dashboard/session/a1b2"])
def test_without_a_cookie_a_page_asks_for_the_token_and_says_where_it_is(browser, path):
    answer = get(browser, path)
    assert answer.status_code == 401
    assert "printed when the server started" in answer.text
    assert "roomtone settings --show-token" in answer.text
    assert f'value="{path}"' in answer.text


def test_the_form_signs_in_and_goes_on_to_the_page_that_was_wanted(browser):
    form = {"token": f" {TOKEN}\n", "next": "/dashboard/session/a1b2"}
    answer = browser.http.post("/dashboard/sign-in", data=form, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/dashboard/session/a1b2"
    assert COOKIE in answer.cookies


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.test/", "//evil.test", "/api/v1", "", "/dashboard/../x"]
)
def test_the_form_never_leads_elsewhere(browser, elsewhere):
    form = {"token": TOKEN, "next": elsewhere}
    answer = browser.http.post("/dashboard/sign-in", data=form, follow_redirects=False)
    assert answer.headers["location"] == "/dashboard/"


@pytest.mark.parametrize("token", ["wrong", "", "ü", "<script>"])
def test_a_wrong_token_is_refused_with_a_sentence(browser, token):
    answer = browser.http.post("/dashboard/sign-in", data={"token": token})
    assert answer.status_code == 401
    assert "not this server’s token" in answer.text
    assert COOKIE not in answer.cookies
    assert "<script>alert" not in answer.text
    assert get(browser, "/dashboard/", params={"token": token}).status_code == 401


def test_an_endless_form_is_not_read(browser):
    answer = browser.http.post("/dashboard/sign-in", content=b"token=" + b"x" * 100_000)
    assert answer.status_code == 401


def test_a_wrong_cookie_asks_again(browser):
    browser.http.cookies.set(COOKIE, "stale", path="/dashboard")
    assert get(browser, "/dashboard/").status_code == 401


@pytest.mark.parametrize(
    "path",
    ["_dash-layout", "_dash-dependencies", "_dash-component-suites/dash/deps/x.js", "_reload-hash"],
)
def test_without_a_cookie_dash_itself_answers_nothing(browser, path):
    assert get(browser, f"/dashboard/{path}").status_code == 401


def test_without_a_cookie_no_callback_runs(browser, fake):
    answer = browser.http.post("/dashboard/_dash-update-component", json={})
    assert answer.status_code == 401
    assert fake.calls == []


def test_signing_out_forgets_the_token(signed_in):
    answer = signed_in.http.post("/dashboard/sign-out")
    assert "Sign in" in answer.text
    assert get(signed_in, "/dashboard/").status_code == 401


def test_a_link_to_sign_out_does_not_sign_out(signed_in):
    get(signed_in, "/dashboard/sign-out")
    assert get(signed_in, "/dashboard/").status_code == 200


def test_a_token_that_is_no_longer_good_stops_at_the_next_call_for_data(signed_in, fake):
    fake.token = "another"
    answer = signed_in.press("sessions-shown.data", "sessions-tick.n_intervals")
    assert "signed out" in str(answer["sessions-problem"])
    assert "children" not in answer.get("sessions", {})


def test_signing_in_while_the_server_is_away_says_so(browser, fake):
    fake.down = True
    answer = get(browser, f"/dashboard/?token={TOKEN}")
    assert answer.status_code == 503
    assert "can’t be reached" in answer.text


def test_an_address_that_is_nowhere_says_so(signed_in):
    answer = get(signed_in, "/dashboard/nowhere/at/all")
    assert answer.status_code == 404
    assert "There is no page here" in answer.text


def test_a_websocket_is_refused(signed_in):
    with (
        pytest.raises(WebSocketDisconnect),
        signed_in.http.websocket_connect("/dashboard/_dash-ws-callback"),
    ):
        pass


def test_a_page_can_ask_whether_it_is_still_signed_in(browser):
    assert get(browser, "/dashboard/signed-in").status_code == 401
    browser.sign_in()
    assert get(browser, "/dashboard/signed-in").status_code == 204


def test_the_page_is_told_of_no_websocket_to_try(signed_in):
    page = get(signed_in, "/dashboard/").text
    told = json.loads(re.search(r'id="_dash-config"[^>]*>(.*?)</script>', page)[1])
    assert told["url_base_pathname"] == "/dashboard/"
    assert "websocket" not in told


def test_the_token_is_in_no_answer_to_the_browser(signed_in, fake):
    lesson = fake.add("Biology", minutes_ago=3)
    shown = [
        get(signed_in, path).text
        for path in ("/dashboard/", "/dashboard/_dash-layout", "/dashboard/_dash-dependencies")
    ]
    shown.append(str(signed_in.press("shown.data", "tick.n_intervals", session_id=lesson.session_id,
                                     shown={})))  # fmt: skip
    assert not [text for text in shown if TOKEN in text]


def test_pages_are_guarded_against_frames_caches_and_foreign_code(signed_in):
    headers = get(signed_in, "/dashboard/").headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    scripts = re.search(r"script-src ([^;]*)", policy)[1]
    assert "unsafe" not in scripts
    assert "http" not in scripts
