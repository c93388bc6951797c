import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.films import film


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another thing there")
def test_ctrl_c_stops_and_leaves_nothing_half_written(tmp_path):
    film(tmp_path / "long.mp4", "-pix_fmt", "yuv420p", seconds=100, size="640x360")
    command = ["analyze", "long.mp4", "--annotate", "seen.mp4", "--report", "report.html"]
    code = "import signal, roomtone; signal.signal(2, signal.default_int_handler); roomtone.main()"
    running = subprocess.Popen(
        [sys.executable, "-c", code, *command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stderr=subprocess.PIPE,
        text=True,
    )
    while not list(tmp_path.glob(".seen*")) and running.poll() is None:
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=60)[1]
    assert running.returncode == 130, said
    assert "Stopped; no half-written file is left." in said
    assert [path.name for path in tmp_path.iterdir()] == ["long.mp4"]
