"""An error is logged with its place, never with what was in the variables there."""

import subprocess
import sys

import pytest

PROGRAM = """
import structlog
from server.logs import configure_logs

def read_picture(picture, token):
    raise RuntimeError(f"{len(picture)} bytes are wrong")

configure_logs(LOG_FORMAT)
try:
    read_picture("pix" + "els", "sword" + "fish")
except RuntimeError as error:
    structlog.get_logger().error("unexpected error", exc_info=error)
"""


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_an_unexpected_error_is_logged_without_any_variable(log_format):
    program = PROGRAM.replace("LOG_FORMAT", repr(log_format))
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "6 bytes are wrong" in ran.stderr
    assert "read_picture" in ran.stderr
    assert "pixels" not in ran.stderr
    assert "swordfish" not in ran.stderr
