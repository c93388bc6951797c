"""When which source sends: an open loop, whose plan does not wait for any answer. Pure."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

STUDENT_SECONDS = 2.0
"""How often a student's page sends a frame unless the teacher says otherwise."""


class Order(BaseModel):
    """What the load generator is asked to do.

    kind: `open` sends at planned moments at `rate` frames a second; `closed` keeps one frame of
    each source under way.
    honours: whether a source that was answered 429 lets pass what comes due in Retry-After; else
    it goes on as if nothing had been said, as a broken client does.
    """

    kind: Literal["open", "closed"]
    seconds: float
    sources: int
    rate: float = 0.0
    honours: bool = False
    seed: int = 1


@dataclass(frozen=True)
class Plan:
    """Moments in seconds from the start, rising, and the source of each."""

    moments: NDArray[np.float64]
    sources: NDArray[np.int64]


def plan_arrivals(order: Order) -> Plan:
    """Give every source the same pace and a phase of its own, as a class that joined has.

    Superposed, the phases of hundreds of sources come nearly as unevenly as chance.
    """
    period = order.sources / order.rate
    phases = np.random.default_rng(order.seed).uniform(0, period, order.sources)
    times = int(np.ceil(order.seconds / period)) + 1
    moments = (phases[:, None] + period * np.arange(times)[None, :]).ravel()
    sources = np.repeat(np.arange(order.sources), times)
    inside = moments < order.seconds
    by_time = np.argsort(moments[inside], kind="stable")
    return Plan(moments[inside][by_time], sources[inside][by_time])


def count_sources(rate: float, most: int) -> int:
    """Return how many students send at this rate, each a frame in two seconds; at most `most`."""
    return int(np.clip(round(rate * STUDENT_SECONDS), 1, most))
