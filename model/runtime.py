"""How frames share the processor: one thread each, side by side."""

import gc
import os
import sys
from pathlib import Path

import cv2
import onnxruntime as ort

SWITCH_SECONDS = 0.0002
"""After so long a thread gives Python's lock to one that waits (docs/ingest.md)."""


def open_network(network: Path | bytes, *, threads: int = 1) -> ort.InferenceSession:
    """Open a network for use by any number of threads.

    One thread inside a run: frames are read side by side, which wastes less than splitting one
    frame over cores. Memory is not kept in patterns because every frame has another number of
    faces.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    source = network if isinstance(network, bytes) else str(network)
    return ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def count_cores() -> int:
    """Count the cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


def use_one_thread_per_frame() -> None:
    """Keep OpenCV from starting threads of its own beside ours; for the whole process."""
    cv2.setNumThreads(1)


def share_the_lock() -> None:
    """Let threads wait less for Python's lock than the usual 5 ms; for the whole process.

    A thread that reads frames asks for it a dozen times a frame, and the event loop that refuses
    hundreds of frames a second would keep it so long each time.
    """
    sys.setswitchinterval(SWITCH_SECONDS)


def spare_what_is_there() -> None:
    """Let the garbage collection look only at what comes from now on.

    What a server is made of stays anyway, and looking through it holds every thread for hundreds
    of milliseconds each time.
    """
    gc.collect()
    gc.freeze()
