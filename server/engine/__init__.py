"""Frame engines: one protocol, one file per way of running."""

from server.engine.frame_engine import (
    SIMULATED,
    Busy,
    Counted,
    Duplicate,
    EngineClosed,
    FrameEngine,
    Submitted,
    SubmittedFrame,
    SubmittedReading,
    SubmittedSelfReport,
)

__all__ = [
    "SIMULATED",
    "Busy",
    "Counted",
    "Duplicate",
    "EngineClosed",
    "FrameEngine",
    "Submitted",
    "SubmittedFrame",
    "SubmittedReading",
    "SubmittedSelfReport",
]
