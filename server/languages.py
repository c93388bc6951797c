"""What is shown to people in their own language: gettext over the catalogues in `locales/`.

English is the source. A catalogue is a .po file, as translators know it, compiled in memory when
it is first asked for. Which language is spoken is a matter of the running context, so that one
process speaks to a teacher in one language and to a student in another.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ENGLISH: Final = "en"
LANGUAGES: Final = {ENGLISH: "English", "de": "Deutsch"}
"""The languages there are, each under its code by its own name."""
LANGUAGE_COOKIE: Final = "roomtone_language"

LOCALES: Final = Path(__file__).parent / "locales"

_spoken: ContextVar[str] = ContextVar("spoken_language", default=ENGLISH)


def gettext(message: str) -> str:
    """Return a sentence in the language spoken here; in English where it is not translated."""
    return _catalogue(_spoken.get()).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form for a number of things in the language spoken here."""
    return _catalogue(_spoken.get()).ngettext(one, many, number)


def spoken_language() -> str:
    """Return the code of the language spoken here, `en` unless said otherwise."""
    return _spoken.get()


def spoken_locale() -> Locale:
    """Return Babel's locale of the language spoken here, for dates and numbers."""
    return Locale.parse(_spoken.get())


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language within this block; an unknown code speaks English."""
    token = _spoken.set(language if language in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        _spoken.reset(token)


def choose_language(chosen: str | None, accepted: str | None) -> str:
    """Return the language for a browser.

    chosen: what the viewer picked (the cookie), which wins if it is one of `LANGUAGES`;
    accepted: the header Accept-Language.
    """
    if chosen in LANGUAGES:
        return str(chosen)
    wanted = [code.replace("-", "_") for code in _by_preference(accepted or "")]
    found = negotiate_locale(wanted, [*LANGUAGES, "en_GB", "en_US"]) or ENGLISH
    return found.split("_")[0]


def _by_preference(accepted: str) -> list[str]:
    """Read Accept-Language (RFC 9110, section 12.5.4): codes by falling weight."""
    weighed: list[tuple[float, str]] = []
    for part in accepted.split(",")[:20]:
        code, _, weight = part.strip().partition(";q=")
        try:
            worth = float(weight) if weight else 1.0
        except ValueError:
            continue
        if code and worth > 0:
            weighed.append((worth, code))
    return [code for _, code in sorted(weighed, key=lambda each: -each[0])]


@cache
def _catalogue(language: str) -> NullTranslations:
    file = LOCALES / language / "LC_MESSAGES" / "roomtone.po"
    if not file.exists():
        return NullTranslations()
    with file.open("rb") as read:
        entries = read_po(read, locale=language)
    compiled = BytesIO()
    write_mo(compiled, entries)
    compiled.seek(0)
    return GNUTranslations(compiled)
