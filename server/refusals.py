"""Why something a source sends is not taken, each in a sentence that says what to do."""


class TryLater(Exception):
    """Not now; `retry_after` in seconds."""

    def __init__(self, sentence: str, retry_after: float) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class ServerBusy(TryLater):
    """The queue is full."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(
            "The server has as many frames as it can read. Try again shortly.", retry_after
        )


class SentTooFast(TryLater):
    """A source sends more than it may."""

    def __init__(self, per_second: float, retry_after: float) -> None:
        super().__init__(
            f"A source may send {per_second:g} a second. Wait, then go on with the newest.",
            retry_after,
        )


class TooManyWrongCodes(TryLater):
    """Somebody tries join codes."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(
            "Too many wrong join codes were tried just now. Wait a little, then check the code "
            "with your teacher.",
            retry_after,
        )


class NotSimulated(Exception):
    """An invented reading for a session that is not marked simulated."""

    def __init__(self) -> None:
        super().__init__(
            "Readings without a picture are taken in sessions marked simulated only. "
            "Send frames to …/frames."
        )


class SessionSimulated(Exception):
    """A real frame for a session that is marked simulated."""

    def __init__(self) -> None:
        super().__init__(
            "This session is marked simulated and takes invented readings only, at …/readings. "
            "Start a session that is not simulated to send frames."
        )


class CameraNotWanted(Exception):
    """A frame for a session of self-reports only."""

    def __init__(self) -> None:
        super().__init__(
            "This session takes no pictures: it was started without camera. Send self-reports to "
            "…/self-reports, or start a session with camera."
        )


class SelfReportNotWanted(Exception):
    """A self-report for a session that does not ask for any."""

    def __init__(self) -> None:
        super().__init__(
            "This session does not ask for self-reports. Nothing was counted; start a session "
            "with self-report to send them."
        )
