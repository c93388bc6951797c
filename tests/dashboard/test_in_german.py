"""No page of the dashboard says an English sentence to whoever reads German."""

from datetime import UTC, datetime

import pytest

from dashboard.vocabulary import emotion_adjectives, emotion_names
from model.emotions import Emotion
from server.languages import LANGUAGES, speaking
from server.schemas import Marker, MarkerKind, OutlineEntry
from tests.catalogues import find_english
from tests.dashboard.callbacks.test_live import Page
from tests.dashboard.fake_server import MadeUpClass

NOON = 1_780_000_002.0


@pytest.fixture
def teacher(signed_in, fake):
    """A teacher's browser that asks for German."""
    signed_in.http.headers["Accept-Language"] = "de-CH,de;q=0.9"
    fake.now = lambda: NOON
    return signed_in


def english(*answers):
    return find_english(" ".join(map(str, answers)), "de")


def open_page(teacher, session, **state):
    """Return all that the live page, the tables and its strip of the whole lesson say."""
    name = session.session_id
    view = {"twin": True, **state}
    strip = teacher.press(
        "lesson.figure", "slow-tick.n_intervals", session_id=name, lesson_shown=""
    )
    return str(Page(teacher, name).tick(view=view)), str(strip)


def test_the_search_finds_what_is_left_in_english():
    assert "Nobody has joined yet" in english("<p>Nobody has joined yet</p>")
    assert english("24 of 30 visible") == ["{visible} of {students} visible"]
    assert english("{'children': 'Students who answered'}") == ["Students who answered"]
    assert english("Every picture won&#x27;t do: “x” is not a number.") == [
        "“{typed}” is not a number."
    ]
    assert not english("Noch ist niemand beigetreten", "24 von 30 sichtbar")


def test_signing_in(browser):
    browser.http.headers["Accept-Language"] = "de"
    pages = [browser.http.get("/dashboard/").text,
             browser.http.get("/dashboard/?token=wrong").text,
             browser.http.get("/dashboard/nowhere/at/all").text]  # fmt: skip
    assert "Anmelden" in pages[0]
    assert not english(*pages)


def test_the_frame_the_desk_and_the_words_of_scripts(teacher):
    index = teacher.http.get("/dashboard/").text
    layout = teacher.http.get("/dashboard/_dash-layout").text
    assert "Tasten und Einstellungen" in index
    assert not english(index, layout)


@pytest.mark.parametrize(
    "path", ["/dashboard/", "/dashboard/session/abc", "/dashboard/session/abc/join"]
)
def test_each_page_before_its_data(teacher, path):
    assert not english(teacher.press("page.children", "url.pathname", url=path))


def test_the_list(teacher, fake):
    empty = teacher.press("sessions-shown.data", "sessions-tick.n_intervals")
    fake.add("Biologie 9b", minutes_ago=2)
    fake.add("Latein 6a", minutes_ago=2000, ended_minutes_ago=1900, simulated=True)
    full = teacher.press("sessions-shown.data", "sessions-tick.n_intervals")
    assert "Läuft seit" in str(full)
    assert "27. Mai 2026, " in str(full)
    assert not english(empty, full)


@pytest.mark.parametrize("curves", [False, True])
@pytest.mark.parametrize(
    "wish",
    [
        {"students": MadeUpClass(lively_from=600)},
        {"students": MadeUpClass(visible=2)},
        {"minutes_ago": 0, "joined": 0, "expected_students": None},
        {"camera": False},
        {"ended_minutes_ago": 3},
        {"ended_minutes_ago": 3, "camera": False},
        {"simulated": True},
    ],
)
def test_the_live_page(teacher, fake, wish, curves):
    told = open_page(teacher, fake.add("Biologie 9b", **{"minutes_ago": 12, **wish}), curves=curves)
    assert "Ausdruck" in told[0] or "Antwort" in told[0]
    assert not english(*told)


def test_marks_slides_and_the_shipped_profile(teacher, fake):
    session = fake.add("Biologie 9b", minutes_ago=12)
    teaching = fake.lessons[session.session_id].teaching
    at = datetime.fromtimestamp(NOON - 60, UTC)
    teaching.markers.append(
        Marker(marker_id="a" * 24, at=at, kind=MarkerKind.QUESTION, label="Was ist Osmose?")
    )
    teaching.outline.append(
        OutlineEntry(position=1, kind="slide", title="Zellen", begins_s=None, begun=False)
    )
    told = open_page(teacher, session)
    assert "Weiter: Zellen" in told[0]
    assert "Sichtbar, zugewandt" in told[0]
    assert "0,7 ×" in told[0]
    assert not english(*told)


def test_a_session_that_is_gone_and_a_server_that_is_away(teacher, fake):
    gone = Page(teacher, "nowhere").tick()
    session = fake.add("Biologie 9b", minutes_ago=12)
    page = Page(teacher, session.session_id)
    page.tick()
    fake.down = True
    assert "nicht erreichbar" in str(away := page.tick())
    assert not english(gone, away)


@pytest.mark.parametrize(
    "wish",
    [{"joined": 1}, {"joined": 12, "expected_students": None}, {"ended_minutes_ago": 1}],
)
def test_the_join_screen(teacher, fake, wish):
    name = fake.add("Biologie 9b", minutes_ago=5, **wish).session_id
    told = teacher.press(
        "join-screen-how.children", "join-screen-tick.n_intervals",
        join_screen_session=name, join_screen_shown="",
    )  # fmt: skip
    assert ("QR-Code von" in str(told)) is ("ended_minutes_ago" not in wish)
    assert not english(told)


def test_what_was_typed_wrong_is_answered_in_german(teacher):
    told = teacher.press("start-problem.children", "start.n_clicks", start=1, start_title="",
                         start_expected="viele", start_camera=True)  # fmt: skip
    assert "„viele“ ist keine ganze Zahl." in str(told)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_names_each_emotion_differently(language):
    with speaking(language):
        assert len(set(emotion_names().values())) == len(Emotion)
        assert len(set(emotion_adjectives().values())) == len(Emotion)
