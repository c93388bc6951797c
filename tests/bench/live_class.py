"""A class that sends invented readings on time and notes when each was answered."""

import asyncio
import time
from dataclasses import dataclass, field

import httpx
import numpy as np

from model.emotions import EMOTIONS
from tests.servers import TOKEN

EVERY_S = 2.0
BUCKET_S = 2


@dataclass
class LiveClass:
    """One session. answered: number of frames counted so far -> Unix seconds of its answer."""

    http: httpx.AsyncClient
    session_id: str
    tokens: list[str]
    frames: int = 0
    answered: dict[int, float] = field(default_factory=dict)

    @classmethod
    async def open(cls, url: str, students: int) -> "LiveClass":
        http = httpx.AsyncClient(base_url=url, timeout=30, trust_env=False)
        teacher = {"Authorization": f"Bearer {TOKEN}"}
        wish = {"title": "bench", "simulated": True, "bucket_seconds": BUCKET_S}
        session = (await http.post("/api/v1/sessions", json=wish, headers=teacher)).json()
        tokens = []
        for _ in range(students):
            joined = await http.post("/api/v1/join", json={"join_code": session["join_code"]})
            joined.raise_for_status()
            tokens.append(joined.json()["token"])
        return cls(http, session["session_id"], tokens)

    async def send(self) -> None:
        """Send until cancelled, the students evenly spread."""
        seats = [self._sit(number, token) for number, token in enumerate(self.tokens)]
        await asyncio.gather(*seats)

    async def _sit(self, number: int, token: str) -> None:
        chance, seq = np.random.default_rng(number), 0
        path = f"/api/v1/sessions/{self.session_id}/readings"
        await asyncio.sleep(EVERY_S * number / len(self.tokens))
        due = time.monotonic()
        while True:
            shares = chance.dirichlet([1.0] * len(EMOTIONS))
            face = dict(zip(map(str, EMOTIONS), map(float, shares), strict=True))
            headers = {"Authorization": f"Bearer {token}", "Frame-Seq": str(seq)}
            answer = await self.http.post(path, json={"faces": [face]}, headers=headers)
            if answer.status_code == 200:
                self.frames, seq = self.frames + 1, seq + 1
                self.answered[self.frames] = time.time()
            due += EVERY_S
            await asyncio.sleep(max(due - time.monotonic(), 0))
