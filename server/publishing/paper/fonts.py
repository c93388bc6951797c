"""The letters of the PDF: DejaVu, embedded, from matplotlib's package; Adobe's for Han and Kana.

No font has every script. What none of these has is written in words, `[party popper]` or
`[Devanagari]`, never as an empty box.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Final

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "Roomtone", "Roomtone-Bold"
_FILES: Final = {REGULAR: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}
CHINESE, JAPANESE, KOREAN = "STSong-Light", "HeiseiKakuGo-W5", "HYGothic-Medium"
"""Not embedded: readers bring them, or fetch them once."""
_KOREAN: Final = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7A3))
_KANA: Final = ((0x3041, 0x30FF),)
_HAN: Final = ((0x3000, 0x303F), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF))
_SILENT: Final = {"Cf", "Mn", "Me", "Cc", "Cs", "Co"}
"""Categories of what is drawn on or between other letters; left out where no font has it."""


@dataclass(frozen=True)
class Run:
    """Some letters of one font."""

    font: str
    letters: str


def split_runs(text: str, *, bold: bool = False) -> list[Run]:
    """Return a line's letters by the font that has them; `spell_out` came before."""
    main = BOLD if bold else REGULAR
    asian = JAPANESE if any(_within(letter, _KANA) for letter in text) else CHINESE
    fonts = [(_font_of(letter, main, asian), letter) for letter in text]
    return [
        Run(font, "".join(letter for _, letter in letters))
        for font, letters in groupby(fonts, key=lambda each: each[0])
    ]


def measure(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a line is, in points."""
    return size * sum(_advance(letter, bold) for letter in text)


def spell_out(text: str) -> str:
    """Return a text in which every letter can be drawn; what no font has is named in brackets."""
    spelled: list[str] = []
    for letter in unicodedata.normalize("NFC", text):
        if letter.isspace():
            spelled.append(" ")
        elif _is_drawn(letter):
            spelled.append(letter)
        elif unicodedata.category(letter) not in _SILENT:
            name = _name(letter)
            if name not in spelled[-2:]:
                spelled.append(name)
    return "".join(spelled)


def is_partly_spelled(text: str) -> bool:
    """Tell whether something in a text is named in brackets because no font has it."""
    return any(
        not (_is_drawn(letter) or letter.isspace()) and unicodedata.category(letter) not in _SILENT
        for letter in unicodedata.normalize("NFC", text)
    )


def needs_readers_fonts(text: str) -> bool:
    """Tell whether a text has letters of fonts that are not embedded."""
    return any(_within(letter, (*_KOREAN, *_KANA, *_HAN)) for letter in text)


def register_fonts() -> None:
    """Make the fonts known to reportlab, once."""
    _register()


def _is_drawn(letter: str) -> bool:
    if unicodedata.category(letter) in {"Cf", "Cc"}:
        return False
    return ord(letter) in _letters_of(REGULAR) or _within(letter, (*_KOREAN, *_KANA, *_HAN))


def _name(letter: str) -> str:
    """Return what stands for a letter that no font has: a sign's name, a letter's script."""
    name = unicodedata.name(letter, "")
    if unicodedata.category(letter).startswith(("L", "M", "N")):
        name = name.split(" ")[0].title()
    return f"[{name.lower() if name.isupper() else name or '?'}]"


def _font_of(letter: str, main: str, asian: str) -> str:
    if _within(letter, _KOREAN):
        return KOREAN
    if ord(letter) not in _letters_of(main) and _within(letter, (*_HAN, *_KANA)):
        return asian
    return main


@cache
def _advance(letter: str, bold: bool) -> float:  # noqa: FBT001 - positional for the cache
    """Return how wide a letter is, in parts of its size."""
    font = _font_of(letter, BOLD if bold else REGULAR, CHINESE)
    return float(pdfmetrics.stringWidth(letter, font, 1))


def _within(letter: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(letter) <= last for first, last in ranges)


@cache
def _letters_of(font: str) -> frozenset[int]:
    _register()
    return frozenset(pdfmetrics.getFont(font).face.charToGlyph)


@cache
def _register() -> None:
    package = find_spec("matplotlib")
    if package is None or package.origin is None:
        raise FontsMissing
    folder = Path(package.origin).parent / "mpl-data" / "fonts" / "ttf"
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    for name in (CHINESE, JAPANESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))


class FontsMissing(RuntimeError):
    """matplotlib's package, which brings the fonts, is not there."""

    def __init__(self) -> None:
        super().__init__(
            "A report in PDF needs the fonts of the package matplotlib. Install Roomtone's "
            "dependencies anew: pip install roomtone."
        )
