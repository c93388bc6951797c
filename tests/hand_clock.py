"""A clock that only the test moves."""


class HandClock:
    """Seconds since nothing in particular: `now`, set or raised by hand."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
