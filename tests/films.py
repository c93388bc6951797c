"""Videos for tests, made by FFmpeg on the spot."""

import subprocess

import imageio_ffmpeg
import numpy as np


def ffmpeg(*arguments):
    """Run FFmpeg; what it complains of is shown."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", *map(str, arguments)]
    subprocess.run(command, check=True)


def film(path, *options, seconds=1, size="96x64", rate=10):
    """Film ffmpeg's test picture, ten frames a second unless told otherwise."""
    ffmpeg("-f", "lavfi", "-i", f"testsrc=d={seconds}:s={size}:r={rate}", *options, path)
    return path


def is_like(one, other, *, within=12.0):
    """Say whether two pictures differ by little on average, as one coded anew does."""
    return np.abs(one.astype(int) - other.astype(int)).mean() < within
