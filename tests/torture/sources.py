"""Sources that send number after number, and each again until it is acknowledged."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field

from tests.torture.cargo import Cargo
from tests.torture.wire import Answer, BrokenOff, Line

REPLAYED = 0.1
"""The share of acknowledged numbers that are sent once more, as if the answer had been lost."""

PAUSE_SECONDS = 0.8
"""The longest pause after an acknowledged number: a hundred sources are enough for two cores."""


@dataclass
class Wrongs:
    """What must never be answered; a torture that finds one has found a fault."""

    found: list[str] = field(default_factory=list)

    def note(self, sentence: str) -> None:
        if len(self.found) < 20:
            self.found.append(sentence)


class Source:
    """One source of one session: `mark` is the highest number that was acknowledged."""

    def __init__(self, port: int, token: str, session_id: str, cargo: Cargo, seed: int) -> None:
        self.line, self.cargo = Line(port), cargo
        self.session_id, self.source_id = session_id, ""
        self._token, self._random = token, random.Random(seed)
        self.mark, self.told, self.waits = 0, Counter[tuple[str, str]](), list[tuple[int, float]]()
        self.wrongs = Wrongs()

    async def send_until(self, stop: asyncio.Event) -> None:
        """Send, wait for the answer, go on; a number that is not acknowledged is sent again."""
        while not stop.is_set():
            if await self.send(self.mark + 1):
                self.mark += 1
                if self._random.random() < REPLAYED:
                    await self.send(self.mark)
                await asyncio.sleep(self._random.uniform(0, PAUSE_SECONDS))
            else:
                await asyncio.sleep(self._random.uniform(0.1, 0.3))
        self.line.close()

    async def send_to(self, mark: int) -> None:
        """Send until a number is acknowledged, however often it takes."""
        while self.mark < mark:
            if await self.send(self.mark + 1):
                self.mark += 1
            else:
                await asyncio.sleep(0.05)
        self.line.close()

    async def send(self, seq: int) -> bool:
        """Send one number; return whether it was acknowledged, and note what is wrong."""
        parcel = self.cargo.parcel(seq)
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": parcel.media_type,
            "Frame-Seq": str(seq),
        }
        path = f"/api/v1/sessions/{self.session_id}{parcel.call}"
        try:
            answer = await self.line.ask("POST", path, headers, parcel.body)
        except BrokenOff as error:
            if str(error) == "TimeoutError":
                self.wrongs.note(f"number {seq} hung")
            self.told[parcel.call, "broken off"] += 1
            await asyncio.sleep(self._random.uniform(0.05, 0.3))
            return False
        self.waits.append((answer.status, answer.seconds))
        return self._judge(seq, parcel.call, answer)

    def _judge(self, seq: int, call: str, answer: Answer) -> bool:
        if answer.status != 200:
            self.told[call, str(answer.status)] += 1
            if answer.status not in (429, 503):
                self.wrongs.note(f"number {seq}: {answer.status} {answer.body[:200]!r}")
            elif not int(answer.headers.get("retry-after", "0")):
                self.wrongs.note(f"number {seq}: {answer.status} without Retry-After")
            return False
        told = answer.json()
        self.told[call, told["outcome"]] += 1
        if told["seq"] != seq:
            self.wrongs.note(f"number {seq} was answered as {told['seq']}")
        if seq <= self.mark and told["outcome"] != "duplicate":
            self.wrongs.note(f"number {seq} was acknowledged before and {told['outcome']} again")
        self.cargo.note(seq, told)
        return True
