"""The dashboard in front of the real server and database: what is counted is what is shown."""

import httpx
import pytest
from starlette.testclient import TestClient

from dashboard.app import create_dashboard, mount_dashboard
from model.pipeline import FramePipeline
from server.app import create_app
from server.gateway import forward_dashboard
from server.settings import read_settings
from tests.dashboard.conftest import Browser
from tests.dashboard.fake_server import TOKEN

CALM = {"neutral": 0.7, "happy": 0.3, "angry": 0, "disgust": 0, "fear": 0, "sad": 0, "surprise": 0}


class Clock:
    now = 1_780_000_000.0

    def __call__(self):
        return self.now


def reach(app):
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://inside.test")


def beside(api):
    mount_dashboard(api, reach(api))


def behind(api):
    there = httpx.ASGITransport(create_dashboard(reach(api)))
    forward_dashboard(api, "http://dashboard.test", transport=there)


@pytest.fixture(scope="module")
def pipeline():
    return FramePipeline.load()


@pytest.fixture(params=[beside, behind])
def real(request, tmp_path, sqlite_url, pipeline):
    """The server with the dashboard in its own process, and with one it forwards to."""
    settings = read_settings(data_dir=tmp_path, database_url=sqlite_url, teacher_token=TOKEN)
    api = create_app(settings, pipeline=pipeline, clock=Clock())
    request.param(api)
    with TestClient(api) as http:
        yield Browser(http)


def start(browser, students):
    http, teacher = browser.http, {"Authorization": f"Bearer {TOKEN}"}
    wish = {"title": "Biology", "expected_students": 10, "simulated": True}
    session = http.post("/api/v1/sessions", json=wish, headers=teacher).json()
    for _ in range(students):
        code = {"join_code": session["join_code"]}
        source = http.post("/api/v1/join", json=code).json()
        sent = http.post(
            f"/api/v1/sessions/{session['session_id']}/readings",
            json={"faces": [CALM]},
            headers={"Authorization": f"Bearer {source['token']}", "Frame-Seq": "1"},
        )
        assert sent.status_code == 200, sent.text
    return session["session_id"]


def test_what_students_sent_is_on_the_page(real):
    real.sign_in()
    session_id = start(real, students=6)
    page = real.press("shown.data", "tick.n_intervals", session_id=session_id, shown={})
    assert "Mostly neutral." in str(page["sentence"])
    assert "6 of 10 visible" in str(page["head"])
    assert "Simulated" in str(page["band"])
    river = [t for t in page["mood"]["figure"]["data"] if t["type"] == "scatter"]
    told = {t["name"]: t["customdata"][0] for t in river if "customdata" in t}
    assert told["neutral"] == pytest.approx(0.7)
    assert "Biology" in str(real.press("sessions-shown.data", "sessions-tick.n_intervals"))


def test_four_students_are_not_enough(real):
    real.sign_in()
    page = real.press(
        "shown.data", "tick.n_intervals", session_id=start(real, students=4), shown={}
    )
    assert "Not enough faces to say: 4 visible, 5 needed." in str(page["sentence"])


def test_a_wrong_token_is_refused_and_unknown_addresses_stay_unknown(real):
    assert real.http.get("/dashboard/?token=wrong").status_code == 401
    assert real.http.get("/nonsense").status_code == 404
    assert real.http.get("/api/nonsense").status_code == 404
    assert real.http.get("/dashboard/nonsense").status_code == 404


@pytest.mark.parametrize(
    ("kind", "begins"),
    [("html", b"<!doctype html"), ("pdf", b"%PDF-"), ("parquet", b"PAR1"), ("json", b"{"),
     ("csv", b"\xef\xbb\xbftable")],
)  # fmt: skip
def test_after_the_lesson_its_report_is_saved_with_what_the_teacher_added(real, kind, begins):
    real.sign_in()
    session_id = start(real, students=6)
    teacher, ours = {"Authorization": f"Bearer {TOKEN}"}, {"Roomtone-Page": "1"}
    at = f"/dashboard/session/{session_id}"
    assert real.http.get(f"{at}/report.{kind}").status_code == 409
    note = {"label": "Half of them laughed", "kind": "note"}
    assert real.http.post(f"{at}/markers", headers=ours, json=note).status_code == 201
    assert real.http.patch(at, headers=ours, json={"course": "Biology 9b"}).status_code == 200
    real.http.post(f"/api/v1/sessions/{session_id}/end", headers=teacher)
    said = b"WEBVTT\n\n00:00.000 --> 00:02.000\nGood morning.\n"
    vtt = {**ours, "Content-Type": "text/vtt"}
    assert real.http.put(f"{at}/transcript", headers=vtt, content=said).status_code == 200
    saved = real.http.get(f"{at}/report.{kind}")
    assert saved.status_code == 200
    assert saved.content.lower().startswith(begins.lower())
    assert saved.headers["content-disposition"].endswith(f'.{kind}"')
    assert saved.headers["cache-control"] == "private, no-store"
    if kind in ("html", "json", "csv"):
        assert "Half of them laughed" in saved.text
        assert "Good morning." in saved.text
    assert "sandbox" in real.http.get(f"{at}/report").headers["content-security-policy"]
