"""A webcam as a clip: always the newest picture, never a queue of old ones."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.clips.clip import ClipFrame, Kind, Picker, UnreadableClip

CAMERA_FPS = 2.0
"""Pictures a second unless asked otherwise: a face's expression lasts half a second and more."""

SILENCE_SECONDS = 10.0
"""A camera that gives nothing for so long is gone."""


@dataclass(frozen=True)
class _Shot:
    number: int
    at: float
    picture: NDArray[np.uint8]


class CameraClip:
    """A webcam by its number. It has no end; closing the walk lets go of the camera."""

    kind = Kind.CAMERA
    fps = CAMERA_FPS
    frame_count: int | None = None
    seconds: float | None = None

    def __init__(
        self, number: int, *, open_camera: Callable[[int], cv2.VideoCapture] | None = None
    ) -> None:
        self.name, self.problems, self._number = f"camera {number}", list[str](), number
        self._open = open_camera or cv2.VideoCapture

    def frames(self, every: float = 0.0) -> Iterator[ClipFrame]:
        """Yield the newest picture each time one is due. `index` counts what was due.

        Raises `UnreadableClip` when the camera can't be opened or falls silent.
        """
        self.problems.clear()
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
        camera = self._open(self._number)
        if not camera.isOpened():
            raise UnreadableClip(self.name, _absence())
        step = every or 1 / self.fps
        newest = _Newest(camera)
        try:
            started, picker, seen = time.monotonic(), Picker(step), 0
            while True:
                shot = newest.after(seen, self.name)
                seen, at = shot.number, max(shot.at - started, 0.0)
                if picker.wants(at):
                    yield ClipFrame(int(at / step + 1e-6), at, shot.picture)
        finally:
            newest.stop()


class _Newest:
    """Reads the camera all the time and keeps only the last picture."""

    def __init__(self, camera: cv2.VideoCapture) -> None:
        self._camera, self._running = camera, True
        self._shot: _Shot | None = None
        self._arrived = threading.Condition()
        self._thread = threading.Thread(target=self._read, name="camera", daemon=True)
        self._thread.start()

    def after(self, number: int, name: str) -> _Shot:
        """Wait for a picture newer than `number`. Raises `UnreadableClip` when none comes."""
        with self._arrived:
            self._arrived.wait_for(
                lambda: not self._running or (self._shot and self._shot.number > number),
                SILENCE_SECONDS,
            )
            if self._shot is None or self._shot.number <= number:
                raise UnreadableClip(name, "it stopped giving pictures")
            return self._shot

    def stop(self) -> None:
        self._running = False
        self._thread.join(SILENCE_SECONDS)

    def _read(self) -> None:
        number = 0
        while self._running:
            ok, picture = self._camera.read()
            if not ok:
                break
            number += 1
            with self._arrived:
                self._shot = _Shot(number, time.monotonic(), picture)  # type: ignore[arg-type]
                self._arrived.notify_all()
        self._camera.release()
        with self._arrived:
            self._running = False
            self._arrived.notify_all()


def _absence() -> str:
    hint = " and that you may use it (group “video”)" if sys.platform == "linux" else ""
    return f"no such camera answers; check that it is plugged in, not in use elsewhere{hint}"
