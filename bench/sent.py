"""What became of every frame of one load, and what is told of it. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from bench.arithmetic import find_jain, find_percentile
from bench.connection import NO_ANSWER, Answer
from bench.figures import Latency, LoadStep
from bench.plan import Order

SLOW_AFTER_S: Final = 0.15
"""An accepted answer that took longer is not that of a server that has recovered."""


@dataclass(frozen=True)
class Sent:
    """One frame: moments in seconds from the start of the load."""

    source: int
    planned: float
    sent: float
    done: float
    answer: Answer

    @property
    def seconds(self) -> float:
        """From the planned moment to the answer."""
        return self.done - self.planned

    @property
    def is_counted(self) -> bool:
        """Whether the server told that it counted the frame."""
        return self.answer.status == HTTPStatus.OK and not self.answer.duplicate


@dataclass
class Record:
    """All frames of one load."""

    order: Order
    frames: list[Sent] = field(default_factory=list)
    planned: int = 0
    skipped: int = 0
    generator_cores: float = 0.0

    def sum_up(self) -> LoadStep:
        """Return the figures; rates are over the seconds that were planned."""
        counted = [f for f in self.frames if f.is_counted]
        busy = [f for f in self.frames if f.answer.status == HTTPStatus.TOO_MANY_REQUESTS]
        others = Counter(
            str(f.answer.status)
            for f in self.frames
            if f.answer.status not in (HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS, NO_ANSWER)
        )
        shares = Counter(f.source for f in counted)
        each = [shares[source] for source in range(self.order.sources)]
        late = find_percentile([f.sent - f.planned for f in self.frames], 0.99)
        never_sent = max(self.planned - self.skipped - len(self.frames), 0)
        inside = sum(f.done <= self.order.seconds for f in counted)
        return LoadStep(
            offered=self.planned / self.order.seconds,
            seconds=self.order.seconds,
            sources=self.order.sources,
            planned=self.planned,
            accepted=len(counted),
            duplicate=sum(f.answer.duplicate for f in self.frames),
            busy=len(busy),
            skipped=self.skipped,
            refused=dict(others),
            errors=sum(f.answer.status == NO_ANSWER for f in self.frames) + never_sent,
            accepted_per_second=inside / self.order.seconds,
            accepted_latency=tell_latency([f.seconds for f in counted]),
            busy_latency=tell_latency([f.seconds for f in busy]),
            busy_without_retry_after=sum(f.answer.retry_after is None for f in busy),
            fewest_of_a_source=min(each),
            most_of_a_source=max(each),
            fairness=find_jain(each),
            late_ms=None if late is None else 1e3 * late,
            generator_cores=self.generator_cores,
            server_cores=None,
        )

    def last_trouble(self) -> float:
        """Return the moment planned for the last frame that was refused or slow; 0 without."""
        bad = [f.planned for f in self.frames if not f.is_counted or f.seconds > SLOW_AFTER_S]
        return max(bad, default=0.0)

    def drained_s(self) -> float:
        """Return the seconds from the planned end until the last answer was here."""
        last = max((f.done for f in self.frames), default=0.0)
        return max(last - self.order.seconds, 0.0)


def tell_latency(seconds: Sequence[float]) -> Latency:
    """Return the percentiles in milliseconds."""

    def ms(share: float) -> float | None:
        found = find_percentile(seconds, share)
        return None if found is None else 1e3 * found

    return Latency(p50_ms=ms(0.5), p95_ms=ms(0.95), p99_ms=ms(0.99), most_ms=ms(1.0))
