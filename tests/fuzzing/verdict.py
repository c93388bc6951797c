"""How a program that tries a server ends: 0 only if all that it demands holds."""

import sys
from collections.abc import Sequence
from typing import NoReturn


def leave(faults: Sequence[str]) -> NoReturn:
    """End the program: with 0, or with 1 and the faults told. `sys.exit("")` would be a 1."""
    sys.exit("; ".join(faults) or 0)
