"""Text in the order and the forms in which it is drawn: Arabic joined, right-to-left turned. Pure.

A small part of the Unicode Bidirectional Algorithm (UAX 9): one embedding, no explicit marks. It
is enough for titles and notes; docs/report_files.md says what it is not enough for.
"""

import unicodedata
from functools import cache
from typing import Final

_MIRRORED: Final = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_BRACKETS: Final = {"(": ")", "[": "]", "{": "}"}
_LIGATURES: Final = {"لا": "\ufefb", "لأ": "\ufef7", "لإ": "\ufef9", "لآ": "\ufef5"}
"""Lam and alef are one letter when they meet; each next form of it is the one that is joined."""
_FORMS: Final = ("isolated", "initial", "medial", "final")


def order_for_drawing(line: str) -> str:
    """Return one line as it is drawn from left to right."""
    if not any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in line):
        return line
    joined = _join(line)
    levels = _levels(joined)
    letters = [
        letter.translate(_MIRRORED) if level % 2 else letter
        for letter, level in zip(joined, levels, strict=True)
    ]
    for lowest in range(max(levels), 0, -1):
        letters, levels = _reverse_runs(letters, levels, lowest)
    return "".join(letters)


def is_right_to_left(text: str) -> bool:
    """Tell whether a text begins from the right: whether its first letter does."""
    kinds = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind in {"R", "AL"} for kind in kinds if kind in {"L", "R", "AL"}), False)


def _levels(line: str) -> list[int]:
    """Return the embedding level of each letter (UAX 9, rules W and N in short)."""
    lowest = int(is_right_to_left(line))
    kinds: list[str] = []
    last_strong = "R" if lowest else "L"
    for letter in line:
        kind = unicodedata.bidirectional(letter)
        if kind in {"L", "R", "AL"}:
            last_strong = "L" if kind == "L" else "R"
            kinds.append(last_strong)
        elif kind in {"EN", "AN"}:
            kinds.append("N" if last_strong == "R" else "L")
        elif kind == "NSM":
            kinds.append(kinds[-1] if kinds else "")
        else:
            kinds.append("")
    _resolve_brackets(line, kinds, lowest)
    levels = {"L": 2 * lowest, "R": 1, "N": 2}
    return [levels[kind or _neighbour(kinds, at, lowest)] for at, kind in enumerate(kinds)]


def _resolve_brackets(line: str, kinds: list[str], lowest: int) -> None:
    """Give both brackets of a pair one direction (UAX 9, rule N0 in short)."""
    here, other = ("R", "L") if lowest else ("L", "R")
    opened: list[tuple[str, int]] = []
    for end, letter in enumerate(line):
        if letter in _BRACKETS:
            opened.append((_BRACKETS[letter], end))
        elif opened and letter == opened[-1][0]:
            _, start = opened.pop()
            inside = {"R" if kind == "N" else kind for kind in kinds[start:end] if kind}
            before = next((kind for kind in reversed(kinds[:start]) if kind), here)
            if inside and here not in inside:
                kinds[start] = kinds[end] = other if before in {other, "N"} else here
            elif inside:
                kinds[start] = kinds[end] = here


def _neighbour(kinds: list[str], at: int, lowest: int) -> str:
    """Return what a sign between letters goes with: both sides if they agree, else the line."""
    around = "R" if lowest else "L"
    before = next((k for k in reversed(kinds[:at]) if k), around)
    after = next((k for k in kinds[at + 1 :] if k), around)
    sides = {"R" if kind == "N" else kind for kind in (before, after)}
    return sides.pop() if len(sides) == 1 else around


def _reverse_runs(
    letters: list[str], levels: list[int], lowest: int
) -> tuple[list[str], list[int]]:
    turned, kept, at = list(letters), list(levels), 0
    while at < len(letters):
        end = at
        while end < len(letters) and levels[end] >= lowest:
            end += 1
        if end > at:
            turned[at:end] = reversed(letters[at:end])
            kept[at:end] = reversed(levels[at:end])
        at = max(end, at + 1)
    return turned, kept


def _join(line: str) -> str:
    """Return Arabic letters in their joined forms (Arabic Presentation Forms-B)."""
    forms, joined = _arabic_forms(), ""
    for pair, ligature in _LIGATURES.items():
        line = line.replace(pair, ligature)
    for at, letter in enumerate(line):
        if letter not in forms:
            joined += letter
            continue
        before = "initial" in forms.get(_next_letter(line[:at][::-1]), {})
        after = "final" in forms.get(_next_letter(line[at + 1 :]), {})
        after = after and "initial" in forms[letter]
        before = before and "final" in forms[letter]
        form = _FORMS[(3 if before else 0) + ((-1 if before else 1) if after else 0)]
        joined += forms[letter].get(form, letter)
    return joined


def _next_letter(rest: str) -> str:
    """Return the next letter that is not a mark over or under another."""
    return next((letter for letter in rest if not unicodedata.combining(letter)), "")


@cache
def _arabic_forms() -> dict[str, dict[str, str]]:
    """Return each Arabic letter's forms, as Unicode's own decompositions tell them."""
    forms: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFBB2), *range(0xFE80, 0xFEFD)):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and parts[0].strip("<>") in _FORMS:
            forms.setdefault(chr(int(parts[1], 16)), {})[parts[0].strip("<>")] = chr(code)
    for ligature in _LIGATURES.values():
        forms[ligature] = {"isolated": ligature, "final": chr(ord(ligature) + 1)}
    return forms
