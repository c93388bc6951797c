"""How each emotion looks on the dashboard: as everywhere, see `model.palette`."""

from model.palette import COLOURS, GAP_PATTERN, PATTERNS, TOP_TO_BOTTOM

__all__ = ["COLOURS", "GAP_PATTERN", "PATTERNS", "TOP_TO_BOTTOM"]
