"""`python -m model.reading_child FD`: reads pictures for the process that started it.

Speaks with it by a socket, one of a pair whose descriptor is `FD`; ends when the other end is
closed, however that came. Python's lock is this process's own, so that reading is not held up by
whatever else a server does, and a decoder that crashes takes no server with it. What comes through
the socket is pickled: both ends are one program, and nobody else holds one of them.
"""

import os
import pickle
import socket
import struct
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from model.last_seen import LastSeen
from model.pipeline import FramePipeline, FrameReader, FrameReading
from model.runtime import share_the_lock, spare_what_is_there, use_one_thread_per_frame

TASK = struct.Struct("!QII")
"""Before each picture: its number, the bytes of what its source showed last, and its own."""

TOLD = struct.Struct("!QI")
"""Before each reading: the picture's number and the reading's bytes."""

OPENED = 0
"""The number under which the network's version is told, or why it can't be opened."""

NOTE = "In the process that reads pictures:"
"""How the note of an error begins that says where it was raised."""


@dataclass(frozen=True)
class Options:
    """What `FramePipeline.load` takes, and how many pictures are read beside each other."""

    network: Path | None
    finder: str
    scale: float | None
    threshold: float | None
    max_pixels: int
    landmark_network: Path | None
    threads: int

    def open(self) -> FramePipeline:
        """Open all networks. Raises `UnusableNetwork` or `FinderMissing`."""
        use_one_thread_per_frame()
        return FramePipeline.load(
            self.network,
            self.finder,
            scale=self.scale,
            threshold=self.threshold,
            max_pixels=self.max_pixels,
            landmark_network=self.landmark_network,
        )


class _Closed(Exception):
    """The other end is gone."""


class ReadingChild:
    """The threads that read. Each takes the next picture from the socket when it has time."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._taking, self._telling = threading.Lock(), threading.Lock()

    def run(self) -> None:
        """Open the networks, then read until the other end is closed."""
        options: Options = pickle.loads(self._take(*struct.unpack("!I", self._take(4))))  # noqa: S301
        try:
            reader = options.open()
        except Exception as error:  # noqa: BLE001 - it belongs to whoever started this
            self._tell(OPENED, _portable(error))
            return
        share_the_lock()
        spare_what_is_there()
        self._tell(OPENED, reader.network_version)
        threads = [
            threading.Thread(target=self._read_all, args=(reader,), daemon=True)
            for _ in range(options.threads)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _read_all(self, reader: FrameReader) -> None:
        try:
            while True:
                self._read_next(reader)
        except (_Closed, OSError):
            os._exit(0)  # a picture that another thread is at would be awaited else
        except BaseException:  # noqa: BLE001 - half a message may be taken: all start anew
            traceback.print_exc()
            os._exit(1)

    def _read_next(self, reader: FrameReader) -> None:
        """Read one picture, and keep nothing of it."""
        number, last_seen, data = self._next()
        self._tell(number, _read(reader, data, last_seen))

    def _next(self) -> tuple[int, LastSeen | None, bytes]:
        with self._taking:
            number, seen, length = TASK.unpack(self._take(TASK.size))
            last_seen: LastSeen | None = pickle.loads(self._take(seen))  # noqa: S301
            return number, last_seen, self._take(length)

    def _take(self, length: int) -> bytes:
        taken = bytearray(length)
        view, at = memoryview(taken), 0
        while at < length:
            got = self._line.recv_into(view[at:])
            if not got:
                raise _Closed
            at += got
        return bytes(taken)

    def _tell(self, number: int, told: object) -> None:
        body = pickle.dumps(told, pickle.HIGHEST_PROTOCOL)
        with self._telling:
            self._line.sendall(TOLD.pack(number, len(body)) + body)


def _read(reader: FrameReader, data: bytes, last_seen: LastSeen | None) -> FrameReading | Exception:
    try:
        return reader.read(data, last_seen)
    except Exception as error:  # noqa: BLE001 - it belongs to whoever sent the picture
        return _portable(error)


def _portable(error: Exception) -> Exception:
    """Return an error that gets through the socket, with where it was raised as a note."""
    raised = "".join(traceback.format_exception(error))
    told = error.with_traceback(None)
    try:
        pickle.loads(pickle.dumps(told))  # noqa: S301
    except Exception:  # noqa: BLE001 - what a library's errors are made of is its own affair
        told = RuntimeError(f"{type(error).__name__}: {error}")
    told.add_note(f"{NOTE}\n{raised}")
    return told


def main(descriptor: int) -> None:
    """Serve the socket with this descriptor."""
    with socket.socket(fileno=descriptor) as line, suppress(_Closed, OSError):
        ReadingChild(line).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
