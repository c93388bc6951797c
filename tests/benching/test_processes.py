"""What a process takes counts with what it started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.processes import list_family, processor_s, resident_mb

CHILD = "import sys; kept = bytearray(60_000_000); print(flush=True); sys.stdin.read()"
PARENT = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {CHILD!r}]))"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads Linux's /proc")
def test_what_it_started_counts():
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as started:
        started.stdout.readline()
        family = list_family(started.pid)
        assert len(family) == 2
        alone = sum(read_resident(pid) for pid in family)
        assert resident_mb(started.pid) == pytest.approx(alone, rel=0.05)
        assert resident_mb(started.pid) > 60
        assert processor_s(started.pid) >= 0
        started.stdin.close()


def read_resident(pid):
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def test_of_a_process_that_is_gone_nothing_is_told():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert resident_mb(gone.pid) is None
    assert processor_s(gone.pid) is None
