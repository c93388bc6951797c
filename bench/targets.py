"""What issue 6 asks for. Figures stand beside these wherever they are told."""

from typing import Final

RATIO: Final = 1.15
"""Total over the bare networks."""
FRAME_MS: Final = {(640, 360): (5.0, 5.0), (1280, 720): (85.0, 55.0), (1920, 1080): (200.0, 110.0)}
"""Milliseconds of a first frame and of one in a stream, by width and height."""
FACE_MS: Final = 2.5
RATE, RATE_GOAL, RATE_P95_MS = 200.0, 300.0, 150.0
"""Frames a second of one process on two cores; accepted p95."""
OVERLOAD_P95_MS, GOODPUT, BUSY_MS, RECOVERY_S = 300.0, 0.9, 50.0, 2.0
START_S, MEMORY_MB, GROWTH_MB = 5.0, 600.0, 30.0
