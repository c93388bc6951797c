"""Prometheus metrics of one server. No picture, name, token or source id is in any of them."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_STAGE_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The numbers a server tells of itself; a registry of its own, so that tests can have many."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.frames = Counter(
            "roomtone_frames", "Frames by what became of them.", ["outcome"], registry=self.registry
        )
        self.self_reports = Counter(
            "roomtone_self_reports",
            "Self-reports by what became of them.",
            ["outcome"],
            registry=self.registry,
        )
        self.too_fast = Counter(
            "roomtone_too_fast",
            "Frames and self-reports refused because their source sends too many.",
            registry=self.registry,
        )
        self.faces = Counter("roomtone_faces", "Faces counted.", registry=self.registry)
        self.under_way = Gauge(
            "roomtone_frames_under_way",
            "Frames taken and not yet answered.",
            registry=self.registry,
        )
        self.stage_seconds = Histogram(
            "roomtone_stage_seconds",
            "Seconds per frame and stage (decode, find, crop, classify, store).",
            ["stage"],
            buckets=_STAGE_BOUNDS,
            registry=self.registry,
        )
        self.commit_frames = Histogram(
            "roomtone_commit_frames",
            "Frames and self-reports per group commit.",
            buckets=(1, 2, 4, 8, 16, 32, 64),
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

    def render(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)
