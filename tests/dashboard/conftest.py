"""A fake server, the dashboard in front of it, and a way to press on the dashboard over HTTP."""

import pytest
from starlette.testclient import TestClient

from dashboard.api import TeacherApi
from dashboard.app import create_dashboard
from tests.dashboard.fake_server import TOKEN, FakeServer, connect


@pytest.fixture
def fake():
    return FakeServer()


@pytest.fixture
def api(fake):
    return TeacherApi(connect(fake), TOKEN)


class Browser:
    """What a browser does with the dashboard, without one: pages, and Dash's callbacks as JSON."""

    def __init__(self, http):
        self.http = http

    def sign_in(self):
        assert (
            self.http.get(f"/dashboard/?token={TOKEN}", follow_redirects=False).status_code == 303
        )

    def press(self, output, changed, **values):
        """Run the callback that fills `output`; return its answer: id -> property -> value."""
        wanted = next(
            d for d in self._dependencies() if output in d["output"].strip(".").split("...")
        )
        body = {
            "output": wanted["output"],
            "outputs": _outputs(wanted["output"]),
            "changedPropIds": [changed],
            "inputs": [_given(i, values) for i in wanted["inputs"]],
            "state": [_given(i, values) for i in wanted["state"]],
        }
        answer = self.http.post("/dashboard/_dash-update-component", json=body)
        if answer.status_code == 204:
            return {}
        assert answer.status_code == 200, answer.text
        return answer.json()["response"]

    def _dependencies(self):
        return self.http.get("/dashboard/_dash-dependencies").json()


def _outputs(written):
    if not written.startswith(".."):
        name, prop = written.rsplit(".", 1)
        return {"id": name, "property": prop}
    found = [part.rsplit(".", 1) for part in written.strip(".").split("...")]
    return [{"id": name, "property": prop} for name, prop in found]


def _given(place, values):
    name = f"{place['id']}.{place['property']}"
    key = place["id"].replace("-", "_") if not place["id"].startswith("{") else "all"
    return [] if key == "all" else {**place, "id": name.rsplit(".", 1)[0], "value": values.get(key)}


@pytest.fixture
def browser(fake):
    with TestClient(create_dashboard(connect(fake)), base_url="http://dash.test") as http:
        yield Browser(http)


@pytest.fixture
def signed_in(browser):
    browser.sign_in()
    return browser
