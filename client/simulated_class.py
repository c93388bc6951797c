"""The simulated class of `roomtone demo`: readings sent in a thread of its own."""

import sys
import threading

import httpx

from client.simulation import SimulationRefused, simulate_class
from server.schemas import Session


class SimulatedClass:
    """A class that sends to the server at `address`; `public_url` is where people open it."""

    def __init__(self, address: str, public_url: str, *, students: int, seed: int) -> None:
        self._address, self._public_url = address, public_url
        self._students, self._seed = students, seed
        self._stop, self._thread = threading.Event(), threading.Thread()

    def start(self, token: str) -> None:
        """Begin to send readings."""
        self._thread = threading.Thread(target=self._run, args=(token,), name="simulated-class")
        self._thread.start()

    def finish(self) -> None:
        """End the simulated session while the server still answers."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=10)

    def _run(self, token: str) -> None:
        with httpx.Client(base_url=self._address, timeout=10, trust_env=False) as client:
            try:
                simulate_class(
                    client,
                    token,
                    stop=self._stop,
                    students=self._students,
                    seed=self._seed,
                    on_started=self._announce_session,
                )
            except SimulationRefused as error:
                sys.stderr.write(f"{error}\n")

    def _announce_session(self, session: Session) -> None:
        address = f"{self._public_url}/dashboard/session/{session.session_id}"
        sys.stdout.write(
            f"  Simulated class of {self._students}: {address}\n"
            "  (sign in once with the dashboard link above)\n"
        )
        sys.stdout.flush()
