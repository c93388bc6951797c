import re
from html.parser import HTMLParser
from urllib.parse import urlparse

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from dashboard.app import mount_dashboard
from tests.dashboard.conftest import Browser
from tests.dashboard.fake_server import FakeServer, connect


class Loads(HTMLParser):
    """Collects every address a page makes the browser load."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in ("script", "img", "iframe", "source") and given.get("src"):
            self.found.append(given["src"])
        if tag == "link" and given.get("href"):
            self.found.append(given["href"])


def loads_of(page):
    parser = Loads()
    parser.feed(page)
    return parser.found


@pytest.fixture
def beside():
    """The dashboard beside other routes in one app, as `make run` has it."""
    fake, app = FakeServer(), FastAPI()
    app.get("/api/v1/ping")(lambda: "pong")
    mount_dashboard(app, connect(fake))
    with TestClient(app) as http:
        yield Browser(http)


def test_everything_the_page_loads_comes_from_here(signed_in):
    loads = loads_of(signed_in.http.get("/dashboard/").text)
    assert len(loads) > 8
    for address in loads:
        assert not urlparse(address).netloc
        assert address.startswith("/dashboard/")
        assert signed_in.http.get(address).status_code == 200


def test_the_sign_in_page_loads_only_what_needs_no_token(browser):
    for address in loads_of(browser.http.get("/dashboard/").text):
        assert browser.http.get(address).status_code == 200


def test_style_sheets_fetch_nothing_from_elsewhere(signed_in):
    for address in loads_of(signed_in.http.get("/dashboard/").text):
        if ".css" in address:
            assert "//" not in signed_in.http.get(address).text.replace("://www.w3.org", "")


@pytest.mark.parametrize("path", ["/nonsense", "/api/nonsense", "/session/a1b2", "/dashboards/"])
def test_addresses_outside_the_dashboard_are_not_answered_by_it(beside, path):
    beside.sign_in()
    assert beside.http.get(path).status_code == 404


def test_the_apps_own_routes_stay_as_they_were(beside):
    assert beside.http.get("/api/v1/ping").json() == "pong"
    assert beside.http.post("/api/v1/ping").status_code == 405
    assert not [p for p in beside.http.get("/openapi.json").json()["paths"] if "dashboard" in p]


def test_beside_the_api_the_pages_work_and_link_to_its_documentation(beside):
    beside.sign_in()
    assert beside.http.get("/dashboard/").status_code == 200
    assert "'href': '/docs'" in str(beside.http.get("/dashboard/_dash-layout").json())


def test_a_page_opened_by_its_own_address_is_the_whole_dashboard(signed_in):
    one, other = (signed_in.http.get(f"/dashboard/{at}").text for at in ("session/a1b2", ""))
    sources = re.compile(r'(?:src|href)="([^"]+)"')
    assert sources.findall(one) == sources.findall(other)
    assert "live.css" in one


def test_alone_it_tells_its_health_without_a_token_or_a_server(browser, fake):
    fake.down = True
    assert browser.http.get("/healthz").json() == {"status": "ok"}


def test_alone_its_root_leads_to_the_dashboard(browser):
    answer = browser.http.get("/", follow_redirects=False)
    assert answer.headers["location"] == "/dashboard/"


def test_two_dashboards_in_one_process_keep_to_their_own_server(beside, signed_in, fake):
    fake.add("only here")
    beside.sign_in()
    mine = signed_in.press("sessions-shown.data", "sessions-tick.n_intervals")
    other = beside.press("sessions-shown.data", "sessions-tick.n_intervals")
    assert "only here" in str(mine)
    assert "Nothing here yet" in str(other)


def test_the_small_print_is_on_every_page(signed_in):
    layout = signed_in.http.get("/dashboard/_dash-layout").text
    for words in (
        "Visible expressions, not feelings, attention or understanding.",
        "Not for grading, attendance, discipline or appraisal.",
        "Students who are not visible may differ",
        "each visible student weighs the same",
    ):
        assert words in layout
