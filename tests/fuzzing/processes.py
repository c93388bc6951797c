"""What a process and those it started take, as Linux tells it: memory, descriptors, threads."""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.processes import list_family


@dataclass(frozen=True)
class Taken:
    """What a process and those it started hold at one moment; memory in MB."""

    memory_mb: float
    descriptors: int
    threads: int


def read_taken(pid: int) -> Taken:
    memory, descriptors, threads = 0.0, 0, 0
    for one in list_family(pid):
        folder = Path(f"/proc/{one}")
        status = (folder / "status").read_text()
        resident = re.search(r"VmRSS:\s+(\d+) kB", status)
        running = re.search(r"Threads:\s+(\d+)", status)
        assert resident is not None
        assert running is not None
        memory += int(resident[1]) / 1024
        threads += int(running[1])
        descriptors += sum(1 for _ in (folder / "fd").iterdir())
    return Taken(memory, descriptors, threads)


def is_running(pid: int) -> bool:
    """Return whether a process is there and not only waited for."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def read_cpu_seconds(pid: int) -> float:
    """Return the seconds that these processes' threads ran, to far below a millisecond.

    Threads that have ended are not in it.
    """
    spent = 0
    threads = (each for one in list_family(pid) for each in Path(f"/proc/{one}/task").iterdir())
    for thread in threads:
        with suppress(FileNotFoundError, ProcessLookupError):
            spent += int((thread / "schedstat").read_bytes().split()[0])
    return spent / 1e9


def read_books(metrics: str, kind: str = "frame") -> dict[str, float]:
    """Return received, counted, duplicate, refused and open of a kind from `/metrics`."""
    books = dict.fromkeys(("received", "counted", "duplicate", "refused", "open"), 0.0)
    for line in metrics.splitlines():
        found = re.match(r"roomtone_(\w+?)(?:_total)?\{(.*)\} (\S+)", line)
        if found and found[1] in books and f'kind="{kind}"' in found[2]:
            books[found[1]] += float(found[3])
    return books
