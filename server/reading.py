"""How frames are read, as the settings say: opened here, for `server.app` to put together."""

from model.pipeline import FramePipeline
from model.reading_child import Options
from model.runtime import count_cores
from server.metrics import Metrics
from server.reading_process import ReadingProcess
from server.reading_start import StartedReader, is_apart
from server.reading_threads import ReadingThreads
from server.settings import Settings

THREADS_PER_CORE = 2
"""Of this process, where they read: while one waits for Python's lock another reads. In a process
that does nothing else one is enough (docs/ingest.md)."""


def open_pipeline(settings: Settings) -> FramePipeline:
    """Open all networks. Raises `UnusableNetwork` or `FinderMissing`."""
    return _options_of(settings).open()


def start_reader(settings: Settings, started: StartedReader | None = None) -> ReadingProcess | None:
    """Start the process that reads, or go on with it; None where threads of this one are to."""
    apart = is_apart(settings.reading)
    return ReadingProcess(_options_of(settings), started) if apart else None


def open_threads(settings: Settings, pipeline: FramePipeline) -> ReadingThreads:
    """Start threads of this process that read."""
    count = settings.workers or THREADS_PER_CORE * count_cores()
    return ReadingThreads(pipeline, count, "frame")


def watch_reader(reader: ReadingProcess, metrics: Metrics) -> None:
    """Have the metrics tell of the process that reads."""
    metrics.tell(
        "roomtone_reading_resident_bytes",
        "Memory of the process that reads frames.",
        reader.resident_bytes,
    )
    metrics.count(
        "roomtone_reading_starts",
        "How often the process that reads frames was started: more than once after a fault.",
        lambda: reader.starts,
    )


def _options_of(settings: Settings) -> Options:
    return Options(
        network=settings.network,
        finder=settings.finder,
        scale=settings.finder_scale,
        threshold=settings.finder_threshold,
        max_pixels=settings.max_pixels,
        landmark_network=settings.landmark_network,
        threads=settings.workers or count_cores(),
    )
