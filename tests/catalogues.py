"""The catalogues of words as a test sees them: what is still English in a page."""

import re
from functools import cache
from html import unescape
from io import BytesIO

from babel.messages.pofile import read_po

from server.languages import LOCALES

HOLE = re.compile(r"\{\w*[^}]*\}")
LONG = 10
"""Shorter messages may be part of a name, an address or a script."""


def read_catalogue(language):
    """Return the entries of a language, without the head."""
    data = (LOCALES / language / "LC_MESSAGES" / "roomtone.po").read_bytes()
    return [entry for entry in read_po(BytesIO(data), locale=language) if entry.id]


def find_english(text, language):
    """Return the messages that stand in `text` in English though `language` says them otherwise.

    Holes may be filled by anything; text may be HTML, JSON, or Python's own writing of it.
    """
    plain = unescape(text)
    return sorted(
        english
        for english, parts, pattern in _patterns(language)
        if all(part in plain for part in parts) and pattern.search(plain)
    )


@cache
def _patterns(language):
    found = []
    for entry in read_catalogue(language):
        for english in [entry.id] if isinstance(entry.id, str) else entry.id:
            if len(HOLE.sub("", english)) > LONG and english not in entry.string:
                parts = HOLE.split(english)
                filled = ".{1,80}?".join(map(re.escape, parts))
                found.append((english, parts, re.compile(rf"(?<!\w){filled}(?!\w)")))
    return found
