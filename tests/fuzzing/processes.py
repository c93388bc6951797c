"""What a process takes, as Linux tells it: processor time, memory, descriptors, threads."""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Taken:
    """What a process holds at one moment; memory in MB."""

    memory_mb: float
    descriptors: int
    threads: int


def read_taken(pid: int) -> Taken:
    folder = Path(f"/proc/{pid}")
    status = (folder / "status").read_text()
    resident = re.search(r"VmRSS:\s+(\d+) kB", status)
    threads = re.search(r"Threads:\s+(\d+)", status)
    assert resident is not None
    assert threads is not None
    held = sum(1 for _ in (folder / "fd").iterdir())
    return Taken(int(resident[1]) / 1024, held, int(threads[1]))


def read_cpu_seconds(pid: int) -> float:
    """Return the seconds that the process's threads ran, to far below a millisecond.

    Threads that have ended are not in it.
    """
    spent = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
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
