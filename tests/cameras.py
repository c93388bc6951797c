"""Cameras for Chromium: a film of real or invented frames in place of a webcam."""

import subprocess
from pathlib import Path

import imageio_ffmpeg

BROWSER = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip


def film(frames: Path, target: Path, *, a_second: int = 2, most: int = 60) -> Path:
    """Make an MJPEG of a folder's `NNN.jpg`, in order, as Chromium's fake camera takes it."""
    names = sorted(frames.glob("*.jpg"))[:most]
    listed = target.with_suffix(".txt")
    listed.write_text(
        "".join(f"file '{name.resolve()}'\nduration {1 / a_second}\n" for name in names)
    )
    subprocess.run(
        [
            imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-y",
            "-f", "concat", "-safe", "0", "-i", str(listed),
            "-vf", ("scale=640:360:force_original_aspect_ratio=decrease,"
                   "pad=640:360:(ow-iw)/2:(oh-ih)/2,fps=4"),
            "-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p", str(target),
        ],
        check=True,
    )  # fmt: skip
    return target


def with_camera(camera: Path | None) -> list[str]:
    """Return Chromium's arguments for a camera: this film, or its own synthetic picture."""
    fake = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    return [*BROWSER, *fake, *([f"--use-file-for-fake-video-capture={camera}"] if camera else [])]
