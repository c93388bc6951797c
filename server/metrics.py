"""Prometheus metrics of one server. No picture, name, token, session or source is in any of them.

Labels have closed sets of values, all told from the first scrape on. Nothing is reset by reading,
so any number of readers may scrape.
"""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from server.ledger import Ledger, Sent
from server.schemas import Outcome

_STAGE_BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_ANSWER_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0)
_FACES_BOUNDS = (0, 1, 2, 5, 10, 15, 20, 30, 40, 50, 60, 80, 100)

_STAGES = {
    "welcome": "from the request's head to the first look at its body: token, pace, one look-up",
    "receive": "until the body was here",
    "queue": "waiting to be read, and the way there and back",
    "decode": "JPEG, PNG or WebP to pixels",
    "find": "finding faces",
    "pose": "where faces turn",
    "crop": "cutting faces out",
    "classify": "the emotion network",
    "commit_queue": "waiting for the thread that commits",
    "commit": "one transaction, for all that waited",
    "answer": "from the commit to the last byte handed to the socket",
}


class Stages:
    """One histogram for each stage, looked up once: observing costs about a microsecond."""

    def __init__(self, registry: CollectorRegistry) -> None:
        told = "; ".join(f"{name}: {meaning}" for name, meaning in _STAGES.items())
        family = Histogram(
            "roomtone_stage_seconds",
            f"Seconds by stage, of frames that got so far ({told}).",
            ["stage"],
            buckets=_STAGE_BOUNDS,
            registry=registry,
        )
        self._of_name = {name: family.labels(name) for name in _STAGES}
        self.welcome, self.receive = self._of_name["welcome"], self._of_name["receive"]
        self.queue, self.answer = self._of_name["queue"], self._of_name["answer"]
        self.commit_queue, self.commit = self._of_name["commit_queue"], self._of_name["commit"]
        self.listener: Callable[[dict[str, float]], None] | None = None

    def observe(self, seconds: dict[str, float]) -> None:
        """Note what a reading says of its own stages; a stage unknown here is left out."""
        for name, spent in seconds.items():
            if (stage := self._of_name.get(name)) is not None:
                stage.observe(spent)
        if self.listener is not None:
            self.listener(seconds)


class Metrics:
    """The numbers a server tells of itself; a registry of its own, so that tests can have many.

    The ledger is read before `committed`: each scrape then shows at least as many committed as
    counted, unless something was answered as counted that was not committed.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.ledger = Ledger()
        self.registry.register(_Books(self.ledger))
        self.committed = self._counters(
            "roomtone_committed", "What the database has taken, counted by who commits.", Sent
        )
        self.faces = Counter("roomtone_faces", "Faces counted.", registry=self.registry)
        self.faces_per_frame = Histogram(
            "roomtone_faces_per_frame",
            "Faces in a counted frame.",
            buckets=_FACES_BOUNDS,
            registry=self.registry,
        )
        self.stages = Stages(self.registry)
        answers = Histogram(
            "roomtone_answer_seconds",
            "From the whole body to the answer, of what was counted.",
            ["kind"],
            buckets=_ANSWER_BOUNDS,
            registry=self.registry,
        )
        self.answer_seconds = {sent: answers.labels(sent.value) for sent in Sent}
        self.commit_frames = Histogram(
            "roomtone_commit_frames",
            "Frames and self-reports per group commit.",
            buckets=(1, 2, 4, 8, 16, 32, 64),
            registry=self.registry,
        )
        self.under_way = self._gauge("roomtone_frames_under_way", "Frames in the queue or read.")
        self.queue_limit = self._gauge("roomtone_queue_limit", "Most frames under way.")
        self.sessions_running = self._gauge("roomtone_sessions_running", "Sessions not ended.")
        self.sessions_live = self._gauge(
            "roomtone_sessions_live", "Sessions that something came in for in the last minute."
        )
        self.sources_live = self._gauge(
            "roomtone_sources_live", "Sources that something came from in the last minute."
        )
        self.videos_waiting = self._gauge(
            "roomtone_videos_waiting", "Recordings that are whole and not read yet."
        )
        self.folding_late = self._gauge(
            "roomtone_folding_late_seconds", "How long the oldest bucket should have been folded."
        )
        self.folded_at = self._gauge(
            "roomtone_folded_timestamp_seconds", "When folding last succeeded, Unix seconds."
        )
        self.database_up = self._gauge(
            "roomtone_database_up", "Whether folding and census, every 10 s, could use it."
        )
        self.network = Info("roomtone_network", "What reads frames.", registry=self.registry)
        self.requests = Counter(
            "roomtone_requests",
            "HTTP requests answered, by route; `none` is an address without one.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.faults = Counter(
            "roomtone_faults",
            "Requests that failed by a fault of ours: answered 500.",
            registry=self.registry,
        )
        self.videos = Counter(
            "roomtone_videos",
            "Recordings by what became of them.",
            ["outcome"],
            registry=self.registry,
        )
        self.video_frames = Counter(
            "roomtone_video_frames", "Frames of recordings read.", registry=self.registry
        )
        ProcessCollector(registry=self.registry)

    def tell(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """Add a gauge that is read when somebody scrapes: from memory, never from the database."""
        self._gauge(name, meaning).set_function(read)

    def count(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """Add a counter that another part keeps."""
        self.registry.register(_KeptElsewhere(name, meaning, read))

    def render(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(name, meaning, registry=self.registry)

    def _counters(self, name: str, meaning: str, kinds: Iterable[Sent]) -> dict[Sent, Counter]:
        family = Counter(name, meaning, ["kind"], registry=self.registry)
        return {kind: family.labels(kind.value) for kind in kinds}


class _Books(Collector):
    """The ledger, all of it of one moment, so that it balances in every scrape."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def collect(self) -> Iterator[Metric]:
        received = CounterMetricFamily("roomtone_received", "What sources sent.", labels=["kind"])
        counted = CounterMetricFamily("roomtone_counted", "Counted.", labels=["kind"])
        duplicate = CounterMetricFamily(
            "roomtone_duplicate", "Counted before under its number.", labels=["kind"]
        )
        refused = CounterMetricFamily(
            "roomtone_refused", "Not taken, by reason.", labels=["kind", "reason"]
        )
        still_open = GaugeMetricFamily(
            "roomtone_open", "Received, and not answered yet.", labels=["kind"]
        )
        for sent, account in self._ledger.read().items():
            received.add_metric([sent], account.received)
            counted.add_metric([sent], account.taken[Outcome.COUNTED])
            duplicate.add_metric([sent], account.taken[Outcome.DUPLICATE])
            for reason, number in account.refused.items():
                refused.add_metric([sent, reason], number)
            still_open.add_metric([sent], account.open)
        yield from (received, counted, duplicate, refused, still_open)


class _KeptElsewhere(Collector):
    def __init__(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        self._name, self._meaning, self._read = name, meaning, read

    def collect(self) -> Iterator[Metric]:
        yield CounterMetricFamily(self._name, self._meaning, value=self._read())
