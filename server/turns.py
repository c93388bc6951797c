"""A queue in which those who wait take turns: who puts more in does not get more out.

Knows nothing else of `server`.
"""

import queue
import threading
from collections import OrderedDict, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """One thing of each in turn, in the order in which they came. May be used from any thread.

    Whoever has more in here goes to the end after each, behind all who wait then, so that nothing
    waits for ever.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._things: OrderedDict[str, deque[T]] = OrderedDict()
        self._there: queue.SimpleQueue[None] = queue.SimpleQueue()

    def put(self, whose: str, thing: T) -> None:
        """Put something in."""
        with self._lock:
            self._things.setdefault(whose, deque()).append(thing)
        self._there.put(None)

    def get(self) -> T:
        """Take out whose turn it is; wait for one."""
        self._there.get()
        with self._lock:
            whose, things = self._things.popitem(last=False)
            thing = things.popleft()
            if things:
                self._things[whose] = things
        return thing
