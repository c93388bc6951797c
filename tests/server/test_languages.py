"""What is shown in another language, and that nothing is left out of it."""

import ast
import re

import pytest
from babel.messages.extract import extract_from_dir

from server.languages import (
    LANGUAGES,
    choose_language,
    gettext,
    ngettext,
    speaking,
    spoken_language,
)
from tests.catalogues import read_catalogue
from tests.documents import ROOT

SHOWN = ("dashboard", "client/page", "server")
HOLE = re.compile(r"\{(\w*)[^}]*\}")

each_translation = pytest.mark.parametrize("language", sorted(LANGUAGES.keys() - {"en"}))


def words_in_the_code() -> set[str | tuple[str, ...]]:
    """Return every message that `make words` would put into the catalogues."""
    found: set[str | tuple[str, ...]] = set()
    for folder in SHOWN:
        for _, _, message, *_ in extract_from_dir(ROOT / folder, [("**.py", "python")], {}):
            found.add(tuple(m for m in message if m) if isinstance(message, tuple) else message)
    return found


def calls_in_the_code() -> set[str | tuple[str, ...]]:
    """Return what gettext is really called with, read from the code itself."""
    found: set[str | tuple[str, ...]] = set()
    for file in (path for folder in SHOWN for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            told = {"gettext": 1, "ngettext": 2}.get(node.func.id, 0)
            words = tuple(ast.literal_eval(each) for each in node.args[:told])
            if words:
                found.add(words if told == 2 else words[0])
    return found


def forms(text) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def test_make_words_finds_every_call():
    """It does not where a call stands inside an f-string."""
    assert words_in_the_code() == calls_in_the_code()


@each_translation
def test_every_sentence_in_the_code_is_translated(language):
    told = {
        tuple(entry.id) if isinstance(entry.id, list | tuple) else entry.id
        for entry in read_catalogue(language)
        if all(forms(entry.string)) and not entry.fuzzy
    }
    one_of_plurals = {words[0] for words in told if isinstance(words, tuple)}  # gettext has it, too
    assert not words_in_the_code() - told - one_of_plurals


@each_translation
def test_the_catalogue_holds_nothing_that_the_code_does_not_say(language):
    known = {
        tuple(entry.id) if isinstance(entry.id, list | tuple) else entry.id
        for entry in read_catalogue(language)
    }
    assert not known - words_in_the_code()


@each_translation
def test_a_translation_fills_the_same_holes(language):
    for entry in read_catalogue(language):
        wanted = set().union(*(HOLE.findall(form) for form in forms(entry.id)))
        for form in forms(entry.string):
            assert set(HOLE.findall(form)) <= wanted, entry.id
        assert wanted == set().union(*(HOLE.findall(form) for form in forms(entry.string)))


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        (None, None, "en"),
        (None, "de-CH,de;q=0.9,en;q=0.8", "de"),
        (None, "fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7", "en"),
        (None, "en;q=0.3,de;q=0.9", "de"),
        (None, "de;q=0,en", "en"),
        (None, "de;q=nonsense,,;;", "en"),
        (None, "*", "en"),
        ("de", "en", "de"),
        ("en", "de", "en"),
        ("tlh", "de", "de"),
    ],
)
def test_the_viewers_choice_wins_over_the_browsers(chosen, accepted, language):
    assert choose_language(chosen, accepted) == language


def test_a_language_is_spoken_only_inside_its_block():
    with speaking("de"):
        assert spoken_language() == "de"
        with speaking("nonsense"):
            assert spoken_language() == "en"
        assert spoken_language() == "de"
    assert spoken_language() == "en"


def test_a_sentence_without_a_translation_stays_english():
    with speaking("de"):
        assert gettext("Nobody translates this.") == "Nobody translates this."
        assert ngettext("one of these", "many of these", 2) == "many of these"
