"""What a source sends under each number, so that what must be counted follows from the number."""

import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

import cv2

from model.emotions import EMOTIONS
from tests.pictures import astronaut, grey, jpeg


@dataclass(frozen=True)
class Parcel:
    """One thing to send. faces: how many it shows, where that is known beforehand."""

    call: str
    media_type: str
    body: bytes
    faces: int | None = None


@dataclass
class CameraCargo:
    """Pictures of one face and of none, and every tenth time a self-report."""

    simulated = False
    seen: dict[bytes, set[int]] = field(default_factory=dict)
    """How many faces the server said it found in each picture."""

    @cached_property
    def _portrait(self) -> bytes:
        return jpeg(cv2.resize(astronaut(), (256, 256), interpolation=cv2.INTER_AREA))

    @cached_property
    def _empty(self) -> bytes:
        return jpeg(grey(256, 256))

    def parcel(self, seq: int) -> Parcel:
        if seq % 10 == 0:
            said = json.dumps({"answer": "following" if seq % 20 else "lost"}).encode()
            return Parcel("/self-reports", "application/json", said)
        return Parcel("/frames", "image/jpeg", self._empty if seq % 5 == 0 else self._portrait)

    def note(self, seq: int, told: dict) -> None:
        """Remember how many faces were found in a picture that was counted."""
        if seq % 10 and told["outcome"] == "counted":
            self.seen.setdefault(self.parcel(seq).body, set()).add(len(told["faces"]))

    def frames(self, mark: int) -> int:
        return mark - mark // 10

    def faces(self, mark: int) -> int:
        """Return how many faces the frames up to a number show; wants all pictures seen alike."""
        assert self.seen.get(self._portrait, {1}) == {1}, self.seen[self._portrait]
        assert self.seen.get(self._empty, {0}) == {0}, self.seen[self._empty]
        return mark - mark // 5

    def emotions(self, mark: int) -> Counter | None:
        return None


@dataclass
class InventedCargo:
    """Invented readings, whose emotions are certain."""

    simulated = True

    def parcel(self, seq: int) -> Parcel:
        face = {EMOTIONS[seq % 7]: 1.0}
        told = {"faces": [face] * self._count(seq), "turned": 0}
        return Parcel("/readings", "application/json", json.dumps(told).encode(), self._count(seq))

    def note(self, seq: int, told: dict) -> None:
        """Nothing is to be learnt of what was invented."""

    def frames(self, mark: int) -> int:
        return mark

    def faces(self, mark: int) -> int:
        return sum(self._count(seq) for seq in range(1, mark + 1))

    def emotions(self, mark: int) -> Counter | None:
        found: Counter = Counter()
        for seq in range(1, mark + 1):
            found[EMOTIONS[seq % 7]] += self._count(seq)
        return found

    def _count(self, seq: int) -> int:
        return 1 + seq % 3


Cargo = CameraCargo | InventedCargo
