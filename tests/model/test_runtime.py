import os
import subprocess
import sys

from tests.pictures import astronaut, jpeg


def test_reading_a_frame_leaves_nothing_in_the_home_folder(tmp_path):
    """ONNX Runtime would keep a device id and events there, and report them."""
    home, frame = tmp_path / "home", tmp_path / "frame.jpg"
    home.mkdir()
    frame.write_bytes(jpeg(astronaut()))
    program = (
        "import pathlib, sys; from model.pipeline import FramePipeline;"
        "assert len(FramePipeline.load().read(pathlib.Path(sys.argv[1]).read_bytes()).faces) == 1"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("ORT_", "XDG_"))}
    subprocess.run(
        [sys.executable, "-c", program, str(frame)],
        env=environment | {"HOME": str(home)},
        check=True,
    )
    assert list(home.rglob("*")) == []
