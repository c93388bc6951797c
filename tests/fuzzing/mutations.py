"""Damage done to pictures: by chance, and at the places where parsers believe what is written."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.fuzzing.kinds import media_type_of

_EXTREME = (0, 1, 2, 0x7F, 0x80, 0xFF)
_WORDS = (b"\x00\x00", b"\x00\x01", b"\x7f\xff", b"\xff\xff", b"\x80\x00", b"\x40\x00")
_MARKERS = re.compile(rb"\xff[\xc0-\xfe]")
_CHUNKS = re.compile(rb"IHDR|PLTE|tRNS|IDAT|IEND|VP8[ LX]|ALPH|ICCP|RIFF|WEBP")
_HEAD = 700
"""Bytes in which most headers lie."""


@dataclass(frozen=True)
class Case:
    """One mutated picture; number and seed make it again."""

    number: int
    kind: str
    way: str
    data: bytes

    @property
    def media_type(self) -> str:
        return media_type_of(self.data)


def make_case(number: int, seed: int, kinds: dict[str, bytes]) -> Case:
    """Make one case; the same for the same number, seed and kinds."""
    dice = random.Random(f"{seed} {number}")
    kind = dice.choice(sorted(kinds))
    if number < len(kinds):  # each kind comes once as it is
        kind = sorted(kinds)[number]
        return Case(number, kind, "whole", kinds[kind])
    ways = [dice.choice(sorted(WAYS)) for _ in range(dice.choice((1, 1, 1, 2, 3)))]
    data = kinds[kind]
    for way in ways:
        data = WAYS[way](data or b"\0", dice, kinds)
    return Case(number, kind, ", ".join(ways), data)


def _flip_bits(data: bytes, dice: random.Random, _: dict[str, bytes]) -> bytes:
    damaged = bytearray(data)
    for _flip in range(dice.choice((1, 1, 3, 20, 200))):
        damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
    return bytes(damaged)


def _spoil_head(data: bytes, dice: random.Random, _: dict[str, bytes]) -> bytes:
    damaged = bytearray(data)
    for _byte in range(dice.randint(1, 6)):
        damaged[dice.randrange(min(len(damaged), _HEAD))] = dice.choice(
            (*_EXTREME, dice.randrange(256))
        )
    return bytes(damaged)


def _truncate(data: bytes, dice: random.Random, _: dict[str, bytes]) -> bytes:
    end = dice.choice((dice.randrange(len(data)), dice.randrange(min(len(data), _HEAD))))
    return data[:end] + dice.choice((b"", b"\xff\xd9"))


def _lie_at_a_marker(data: bytes, dice: random.Random, _: dict[str, bytes]) -> bytes:
    """Write another length, size or count behind a JPEG's marker or a chunk's name."""
    places = [found.end() for found in _MARKERS.finditer(data[:20_000])]
    places += [at for found in _CHUNKS.finditer(data) for at in (found.start() - 4, found.end())]
    at = max(dice.choice(places or [0]) + dice.randrange(12), 0)
    return data[:at] + dice.choice(_WORDS) * dice.choice((1, 1, 2)) + data[at + 2 :]


def _change_a_marker(data: bytes, dice: random.Random, _: dict[str, bytes]) -> bytes:
    places = [found.start() + 1 for found in _MARKERS.finditer(data)]
    at = dice.choice(places or [0])
    return data[:at] + bytes([dice.randrange(0xC0, 0xFF)]) + data[at + 1 :]


def _repeat_a_part(data: bytes, dice: random.Random, _: dict[str, bytes]) -> bytes:
    start = dice.randrange(len(data))
    part = data[start : start + dice.randint(1, 4000)]
    return data[:start] + part * dice.choice((2, 3, 50)) + data[start:]


def _remove_a_part(data: bytes, dice: random.Random, _: dict[str, bytes]) -> bytes:
    start = dice.randrange(len(data))
    return data[:start] + data[start + dice.randint(1, 2000) :]


def _insert_noise(data: bytes, dice: random.Random, _: dict[str, bytes]) -> bytes:
    start = dice.randrange(len(data))
    return data[:start] + dice.randbytes(dice.choice((1, 2, 16, 3000))) + data[start:]


def _splice(data: bytes, dice: random.Random, kinds: dict[str, bytes]) -> bytes:
    """Put another picture's middle into this one."""
    other = kinds[dice.choice(sorted(kinds))] or b"\0"
    at, start = dice.randrange(len(data)), dice.randrange(len(other))
    part = other[start : start + dice.randint(1, 6000)]
    return data[:at] + part + data[at + dice.choice((0, len(part))) :]


def _append(data: bytes, dice: random.Random, kinds: dict[str, bytes]) -> bytes:
    return data + dice.choice((bytes(100_000), b"\xff" * 50_000, kinds[dice.choice(sorted(kinds))]))


WAYS: dict[str, Callable[[bytes, random.Random, dict[str, bytes]], bytes]] = {
    "flipped bits": _flip_bits,
    "spoilt head": _spoil_head,
    "cut off": _truncate,
    "lie at a marker": _lie_at_a_marker,
    "changed marker": _change_a_marker,
    "repeated part": _repeat_a_part,
    "removed part": _remove_a_part,
    "inserted noise": _insert_noise,
    "spliced": _splice,
    "something appended": _append,
}
