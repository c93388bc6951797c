"""The student's page over HTTP: what stands in it, its headers, and codes that lead nowhere."""

import json
import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from client.page import mount_student_page
from client.page.mounting import ASSETS, tidy_typed_code
from dashboard.palette import COLOURS, TOP_TO_BOTTOM
from model.emotions import EMOTIONS
from model.pipeline import FramePipeline
from server.app import create_app
from server.settings import read_settings

TEACHER = {"Authorization": "Bearer the-teachers-token"}
MOST_BYTES = 150_000


@pytest.fixture(scope="module")
def pipeline():
    return FramePipeline.load()


@pytest.fixture
def http(pipeline, sqlite_url, tmp_path):
    settings = read_settings(
        data_dir=tmp_path, database_url=sqlite_url, teacher_token="the-teachers-token"
    )
    app = create_app(settings, pipeline=pipeline)
    mount_student_page(app)
    with TestClient(app, follow_redirects=False) as client:
        yield client


def start(http, title="Biology 9b", **wish):
    return http.post("/api/v1/sessions", json={"title": title, **wish}, headers=TEACHER).json()


def open_page(http, session, **headers):
    answer = http.get(f"/join/{session['join_code']}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


def told(html):
    return json.loads(re.search(r'<script type="application/json" id="told">(.*?)</script>',
                                html, re.DOTALL)[1])  # fmt: skip


def state_of(html):
    return re.search(r'<body data-state="([^"]+)"', html)[1]


def is_hidden(html, name):
    return " hidden" in re.search(rf'<[^>]* id="{name}"[^>]*>', html)[0]


def test_a_running_session_asks_before_anything_starts(http):
    page = unescape(open_page(http, start(http)).text)
    assert state_of(page) == "asking"
    for question in ("What is measured?", "By whom?", "What leaves your device?", "What is kept?",
                     "What does your teacher see?", "What is it not for?"):  # fmt: skip
        assert question in page
    isolated = "\N{FIRST STRONG ISOLATE}Biology 9b\N{POP DIRECTIONAL ISOLATE}"
    assert f"By the teacher of “{isolated}”" in page
    assert "(testserver)" in page
    assert "Declining is fine" in page
    assert "every 2 seconds" in page
    assert "at least 5 students" in page


@pytest.mark.parametrize(
    "path", ["/join", "/join/K7MQ-2RXD", "/join/%3Cb%3E", "/join-assets/main.js", "/join-assets/no"]
)
def test_every_answer_forbids_what_the_page_does_not_need(http, path):
    headers = http.get(path).headers
    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert "microphone=()" in headers["Permissions-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_nothing_on_the_page_is_inline_or_from_elsewhere(http):
    for html in (open_page(http, start(http)).text, http.get("/join").text):
        assert not re.findall(r"<[^>]+ (?:style|on\w+)=", html)
        assert "<style" not in html
        addresses = re.findall(r'(?:href|src|action)="([^"]+)"', html)
        assert all(re.match(r"/join|#|\?language=", address) for address in addresses)
        scripts = re.findall(r"<script ([^>]*)>", html)
        assert all("src=" in s or "application/json" in s for s in scripts)


def test_a_title_is_only_ever_text(http):
    nasty = '</script><img src=x onerror=alert(1)>"&amp;$title {title}'
    html = open_page(http, start(http, title=nasty)).text
    assert "<img" not in html
    assert told(html)["invitation"]["session_title"] == nasty
    assert nasty in unescape(re.search("<h1>(.*?)</h1>", html)[1])
    assert f"“\u2068{nasty}\u2069”" in unescape(html)


def test_a_title_turns_no_word_of_the_consent_around(http):
    """Letters that write from right to left would else do so to the rest of the sentence."""
    html = open_page(http, start(http, title="\u202eabc")).text
    assert "“\u2068\u202eabc\u2069”, with the program Roomtone" in html


def test_what_is_not_asked_for_is_not_offered(http):
    both = open_page(http, start(http)).text
    faces = open_page(http, start(http, self_report=False)).text
    taps = open_page(http, start(http, camera=False)).text
    invented = open_page(http, start(http, simulated=True)).text
    assert [is_hidden(p, "agree") for p in (both, faces, taps, invented)] == [0, 0, 1, 1]
    assert [is_hidden(p, "agree-without-camera") for p in (both, faces, taps, invented)] == [
        0, 1, 0, 0,
    ]  # fmt: skip
    assert "A small picture" not in taps
    assert "with one tap" not in faces
    assert "simulated-band" in invented
    assert "simulated-band" not in both


def test_an_ended_session_says_so_and_asks_nothing(http):
    session = start(http)
    http.post(f"/api/v1/sessions/{session['session_id']}/end", headers=TEACHER)
    assert state_of(open_page(http, session).text) == "ended"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("K7MQ-2RXD", "K7MQ-2RXD"),
        (" k7mq 2rxd ", "K7MQ-2RXD"),
        ("k7mq2rxd", "K7MQ-2RXD"),
        ("https://school.example/join/K7MQ-2RXD?language=de", "K7MQ-2RXD"),
        ("http://school.example/join/k7mq-2rxd/", "K7MQ-2RXD"),
        ("\N{EN DASH}—··", ""),
        ("", ""),
    ],
)
def test_a_code_is_understood_however_it_is_typed(typed, code):
    assert tidy_typed_code(typed) == code


def test_a_typed_code_leads_to_the_one_address_of_its_session(http):
    session = start(http)
    sloppy = session["join_code"].lower().replace("-", " ")
    answer = http.get("/join", params={"code": sloppy, "language": "de"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/join/{session['join_code']}?language=de"
    assert http.get(f"/join/{sloppy}").headers["location"] == f"/join/{session['join_code']}"


@pytest.mark.parametrize("path", ["/join/ZZZZ-ZZZZ", "/join/<script>", "/join/---", "/join?code=-"])
def test_a_wrong_code_is_said_and_can_be_typed_again(http, path):
    answer = http.get(path)
    assert answer.status_code == 404
    assert state_of(answer.text) == "wrong-code"
    assert "There is no session with this code" in answer.text
    assert '<form class="code-form" action="/join"' in answer.text
    assert "<script>" not in answer.text


def test_who_guesses_codes_is_held_back_and_nobody_else(http):
    session = start(http)
    answers = [http.get(f"/join/ZZZZ-ZZ{i}") for i in range(22, 70)]
    held = next(answer for answer in answers if answer.status_code == 429)
    assert int(held.headers["Retry-After"]) > 0
    assert "Too many wrong codes" in held.text
    elsewhere = TestClient(http.app, client=("192.0.2.7", 50000))
    assert elsewhere.get(f"/join/{session['join_code']}").status_code == 200


def test_the_language_is_the_browsers_unless_chosen(http):
    session = start(http)
    german = open_page(http, session, **{"Accept-Language": "de-DE,de;q=0.9"}).text
    english = open_page(http, session, **{"Accept-Language": "fr"}).text
    assert '<html lang="de">' in german
    assert 'href="?language=en"' in german
    assert '<html lang="en">' in english
    chosen = http.get(f"/join/{session['join_code']}?language=de").text
    assert '<html lang="de">' in chosen
    assert told(chosen)["language"] == "de"
    assert http.get("/join?language=nonsense<").status_code == 200


def test_all_of_the_page_is_smaller_than_its_budget(http):
    page = open_page(http, start(http))
    files = set(re.findall(r"/join-assets/[\w.]+", page.text)) | {"/join-assets/alarm_worker.js"}
    assert len(files) > 10
    bodies = [http.get(file) for file in files]
    assert {answer.status_code for answer in bodies} == {200}
    assert len(page.content) + sum(len(answer.content) for answer in bodies) < MOST_BYTES


def test_a_file_is_sent_once_and_asked_for_again_by_its_digest(http):
    first = http.get("/join-assets/main.js")
    assert first.headers["content-type"].startswith("text/javascript")
    again = http.get("/join-assets/main.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for other in ("../mounting.py", "page.html", "%2e%2e/words.py", "nothing.js"):
        assert http.get(f"/join-assets/{other}").status_code == 404


def test_colours_and_order_of_the_emotions_are_the_dashboards(http):
    css = (ASSETS / "page.css").read_text("utf-8")
    shown = dict(re.findall(r'\[data-emotion="(\w+)"\] \{ --emotion: (#\w+); \}', css))
    assert shown == {str(emotion): colour for emotion, colour in COLOURS.items()}
    assert list(told(open_page(http, start(http)).text)["emotions"]) == list(TOP_TO_BOTTOM)
    assert len(shown) == len(EMOTIONS)


def test_every_word_that_the_scripts_say_is_handed_to_them(http):
    words = told(open_page(http, start(http)).text)["words"]
    scripts = "".join(path.read_text("utf-8") for path in ASSETS.glob("*.js"))
    said = set(re.findall(r'say\("([\w-]+)"', scripts))
    assert said <= set(words)
    for stem in re.findall(r"say\(`(\w+_)\$", scripts):
        assert any(word.startswith(stem) for word in words), stem
