"""What is known of the sources that sent something lately, so that not each frame asks SQL for it.

It spares work and decides nothing: whether something is counted is judged again in the transaction
that counts it. So what another process changed may be learnt late, by a frame that is read in vain.
Knows no web and no SQL of its own.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from server.store.sources import SourceState

KNOWN_SECONDS: Final = 10.0
"""More than the pause between two frames of a source, or nothing would ever be known."""


class KnownSources:
    """States of sources by session and source, each for so many seconds. Threads may share it.

    clock: seconds that never go back.
    """

    def __init__(
        self, seconds: float = KNOWN_SECONDS, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds, self._clock = seconds, clock
        self._sessions: dict[str, dict[str, tuple[float, SourceState]]] = {}
        self._lock, self._sweep_at, self._changes = threading.Lock(), clock() + seconds, 0

    def __len__(self) -> int:
        """Return how many sources are known."""
        with self._lock:
            return sum(map(len, self._sessions.values()))

    @property
    def changes(self) -> int:
        """A number that is another one after each forgetting; see `keep`."""
        return self._changes

    def recall(self, session_id: str, source_id: str) -> SourceState | None:
        """Return what is known of a source; None where it has to be looked up."""
        with self._lock:
            found = self._sessions.get(session_id, {}).get(source_id)
        return found[1] if found is not None and found[0] > self._clock() else None

    def keep(self, session_id: str, source_id: str, state: SourceState, changes: int) -> None:
        """Keep what was just looked up.

        changes: what it was before the look-up. If something was forgotten since, what was read
        may be of before that, and is not kept.
        """
        with self._lock:
            if changes == self._changes:
                now = self._clock()
                self._sweep(now)
                of_session = self._sessions.setdefault(session_id, {})
                of_session[source_id] = now + self._seconds, state

    def note_mark(self, session_id: str, source_id: str, seq: int) -> None:
        """Note that a number of a source was counted, or that one as high had been."""
        with self._lock:
            of_session = self._sessions.get(session_id, {})
            if (found := of_session.get(source_id)) is not None:
                until, state = found
                if state.last_seq is None or state.last_seq < seq:
                    of_session[source_id] = until, replace(state, last_seq=seq)

    def forget(self, session_id: str) -> None:
        """Forget a session's sources: it has ended or was erased, or one of them left."""
        with self._lock:
            self._changes += 1
            self._sessions.pop(session_id, None)

    def forget_all(self) -> None:
        """Forget everything: nobody knows what became of the database."""
        with self._lock:
            self._changes += 1
            self._sessions.clear()

    def _sweep(self, now: float) -> None:
        """Drop what is too old, once in as long as it is kept."""
        if now < self._sweep_at:
            return
        self._sweep_at = now + self._seconds
        fresh = {
            session: {source: kept for source, kept in known.items() if kept[0] > now}
            for session, known in self._sessions.items()
        }
        self._sessions = {session: known for session, known in fresh.items() if known}
