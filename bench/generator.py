"""The load generator: sources that send by a plan, each on a connection of its own.

Latency counts from the planned moment, also where the source's connection was not free then, so
that a server that makes everybody wait can't hide it (no coordinated omission).
"""

import asyncio
import gc
import time
from collections import deque
from collections.abc import Sequence

from bench.connection import Address, Answer, Connection
from bench.plan import Order, Plan, plan_arrivals
from bench.sent import Record, Sent

DRAIN_SECONDS = 15.0
"""So long after the last frame was due its answer is waited for."""
CLOSED_PAUSE = 0.02
"""Seconds that a source of a closed loop waits after 429, instead of Retry-After."""


class Source:
    """One student: frames in their order, one under way, what is due meanwhile waits."""

    def __init__(self, number: int, address: Address, frames: Sequence[bytes]) -> None:
        self._number, self._frames, self._seq = number, frames, 0
        self._connection = Connection(address, self._note)
        self._due: deque[float] = deque()
        self._planned = self._sent = self._quiet_until = 0.0
        self._record, self._begun = Record(Order(kind="open", seconds=1, sources=1)), 0.0

    @property
    def is_done(self) -> bool:
        """Whether nothing is under way and nothing waits."""
        return not self._connection.waiting and not self._due

    def begin(self, record: Record, begun: float) -> None:
        """Take part in another load, whose clock began at `begun`."""
        self._record, self._begun = record, begun
        self._quiet_until = 0.0
        self._due.clear()

    def take(self, planned: float) -> None:
        """Send a frame that is due now, or as soon as the one before is answered."""
        if planned < self._quiet_until:
            self._record.skipped += 1
        elif self._connection.waiting:
            self._due.append(planned)
        else:
            self._send(planned)

    def close(self) -> None:
        """Close the connection."""
        self._due.clear()
        self._connection.close()

    def _send(self, planned: float) -> None:
        self._seq += 1
        self._planned, self._sent = planned, time.perf_counter() - self._begun
        frame = self._frames[(self._seq + self._number) % len(self._frames)]
        self._connection.send(self._seq, frame)

    def _note(self, answer: Answer) -> None:
        now, order = time.perf_counter() - self._begun, self._record.order
        self._record.frames.append(Sent(self._number, self._planned, self._sent, now, answer))
        if order.kind == "closed":
            self._go_on(now, refused=answer.status != 200)
            return
        if order.honours and answer.retry_after is not None:
            self._quiet_until = now + answer.retry_after
        while self._due and not self._connection.waiting:
            self.take(self._due.popleft())

    def _go_on(self, now: float, *, refused: bool) -> None:
        if now >= self._record.order.seconds:
            return
        if refused:
            asyncio.get_running_loop().call_later(CLOSED_PAUSE, self._send_again)
        else:
            self._send_again()

    def _send_again(self) -> None:
        now = time.perf_counter() - self._begun
        if now < self._record.order.seconds and not self._connection.waiting:
            self._record.planned += 1
            self._send(now)


class Generator:
    """All sources of one run."""

    def __init__(self, addresses: Sequence[Address], frames: Sequence[bytes]) -> None:
        self._sources = [Source(n, address, frames) for n, address in enumerate(addresses)]

    async def run(self, order: Order) -> Record:
        """Carry one order out and wait for the answers to all that was sent."""
        sources = self._sources[: order.sources]
        record = Record(order)
        await asyncio.sleep(0.05)  # connections that were closed meanwhile are noticed
        gc.collect()
        gc.disable()  # a pause of the generator's own would count as the server's
        used, begun = time.process_time(), time.perf_counter()
        for source in sources:
            source.begin(record, begun)
        if order.kind == "closed":
            await self._send_closed(sources, order, record)
        else:
            await self._send_planned(sources, plan_arrivals(order), record, begun)
        lasted = time.perf_counter() - begun
        record.generator_cores = (time.process_time() - used) / lasted
        await _drain(sources)
        gc.enable()
        return record

    def close(self) -> None:
        """Close all connections."""
        for source in self._sources:
            source.close()

    async def _send_planned(
        self, sources: Sequence[Source], plan: Plan, record: Record, begun: float
    ) -> None:
        record.planned = len(plan.moments)
        for planned, number in zip(plan.moments.tolist(), plan.sources.tolist(), strict=True):
            wait = planned - (time.perf_counter() - begun)
            if wait > 0:
                await asyncio.sleep(wait)
            sources[number].take(planned)
        left = record.order.seconds - (time.perf_counter() - begun)
        await asyncio.sleep(max(left, 0))

    async def _send_closed(self, sources: Sequence[Source], order: Order, record: Record) -> None:
        record.planned = len(sources)
        for source in sources:
            source.take(0.0)
        await asyncio.sleep(order.seconds)


async def _drain(sources: Sequence[Source]) -> None:
    """Wait until all is answered; what is not answered by then is told as unanswered."""
    until = time.perf_counter() + DRAIN_SECONDS
    for source in sources:
        while time.perf_counter() < until and not source.is_done:  # noqa: ASYNC110 - hundreds
            await asyncio.sleep(0.01)
    for source in sources:
        if not source.is_done:
            source.close()
