"""`python -m tests.bench.slow_pictures`: what the worst pictures that are allowed cost.

Processor seconds to decode them, and the memory that reading a frame of the largest size takes and
keeps (Linux only).
"""

import time
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from model.bombs import FULL_SIZE_SCANS
from model.frames import Picture, decode_picture
from model.pipeline import FramePipeline
from model.runtime import use_one_thread_per_frame
from tests.pictures import grey, jpeg, png_chunk, png_of, png_of_deep_colour, png_rows, repeat_scan

SIDE = 4000


def make_pictures() -> dict[str, bytes]:
    """Return the slowest pictures that we know how to make, by what they are."""
    blank, detailed = grey(SIDE, SIDE), _detailed()
    coarse = np.kron(_noise(SIDE // 4), np.ones((4, 4, 1), np.uint8))
    return {
        "JPEG, baseline": jpeg(detailed, 40),
        "JPEG, progressive": repeat_scan(detailed, 0, quality=40),
        f"JPEG, {FULL_SIZE_SCANS} scans": _slowest_scans(blank),
        "PNG, 13 megapixels": png_of(_rows(3600), width=3600, height=3600),
        "PNG, 16 bits, transparent, 5 megapixels": png_of_deep_colour(2230, 2230, interlaced=False),
        "PNG, the same, interlaced": png_of_deep_colour(2230, 2230, interlaced=True),
        "WebP": _encode_webp(coarse, 95),
        "WebP, lossless": _encode_webp(coarse, 101),
    }


def _rows(side: int) -> bytes:
    return png_chunk(b"IDAT", png_rows(side, side, 3, interlaced=False, kind=4))


def _slowest_scans(picture: Picture) -> bytes:
    most = FULL_SIZE_SCANS - repeat_scan(picture, 0).count(b"\xff\xda")
    made = [repeat_scan(picture, most, scan=scan) for scan in range(10)]
    return max(made, key=time_decoding)


def _encode_webp(picture: Picture, quality: int) -> bytes:
    return cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes()


def _noise(side: int) -> Picture:
    return np.random.default_rng(0).integers(0, 255, (side, side, 3), np.uint8)


def _detailed() -> Picture:
    return np.asarray(cv2.resize(_noise(SIDE // 4), (SIDE, SIDE)), np.uint8)


def time_decoding(data: bytes) -> float:
    """Return the processor seconds that it takes to decode, the better of two."""
    taken = []
    for _ in range(2):
        started = time.thread_time()
        decode_picture(data)
        taken.append(time.thread_time() - started)
    return min(taken)


def read_memory(name: str) -> int:
    """Return a figure of this process's memory, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(name))


def measure_memory() -> Table:
    """Read frames one after the other and tell the memory kept after each."""
    pipeline, large = FramePipeline.load(), grey(SIDE, SIDE)
    table = Table("after", "MB kept", "MB at most so far")
    steps = {
        "one frame of 1280x720": (pipeline, grey(1280, 720)),
        "one of 16 megapixels": (pipeline, large),
        "the same, thorough": (pipeline.thorough(), large),
    }
    for name, (reader, picture) in steps.items():
        reader.read_picture(picture)
        table.add_row(name, f"{read_memory('VmRSS')}", f"{read_memory('VmHWM')}")
    return table


def main() -> None:
    use_one_thread_per_frame()
    console = Console()
    console.print(measure_memory())
    table = Table("picture, 16 megapixels unless it says so", "kB", "seconds")
    for name, data in make_pictures().items():
        table.add_row(name, f"{len(data) // 1000}", f"{time_decoding(data):.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
