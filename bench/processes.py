"""What a process takes, with those that it started, as Linux tells it."""

import os
import re
from contextlib import suppress
from pathlib import Path


def list_family(pid: int) -> list[int]:
    """Return a process and all that it started and that still run. Raises `OSError` elsewhere."""
    family = [pid]
    for one in family:
        with suppress(FileNotFoundError, ProcessLookupError):  # it ends just now
            for thread in Path(f"/proc/{one}/task").iterdir():
                family += map(int, (thread / "children").read_text().split())
    return family


def resident_mb(pid: int) -> float | None:
    """Return the resident memory; None where the system does not tell. Shared pages count twice."""
    try:
        statuses = [Path(f"/proc/{one}/status").read_text() for one in list_family(pid)]
    except OSError:
        return None
    found = [re.search(r"VmRSS:\s+(\d+) kB", status) for status in statuses]
    return sum(int(each[1]) for each in found if each) / 1024


def processor_s(pid: int) -> float | None:
    """Return the processor seconds used so far; None where the system does not tell."""
    try:
        stats = [Path(f"/proc/{one}/stat").read_text() for one in list_family(pid)]
        fields = [stat.rpartition(")")[2].split() for stat in stats]
        return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return None
