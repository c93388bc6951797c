"""Where recordings lie while they are received and read: one file each, in the data folder.

The file's name is the recording's id; the name that it had is never asked for.
"""

import errno
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from server.videos.containers import HEAD_BYTES
from server.videos.refusals import DiskFull, ShelfUnusable

RESERVE_BYTES = 512 * 1024**2
"""So much of the disk is left to the database, whatever is uploaded."""

_TRIES = ".tries"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Shelf:
    """The folder of recordings, there from the first one on.

    reserve: bytes of the disk that are left alone.
    """

    def __init__(self, folder: Path, reserve: int = RESERVE_BYTES) -> None:
        self.folder, self._reserve = folder, reserve

    def path_of(self, video_id: str) -> Path:
        """Return where a recording's file is, if it is there."""
        return self.folder / video_id

    def begin(self, video_id: str) -> None:
        """Make an empty file, readable by its owner only.

        Raises `DiskFull` or `ShelfUnusable`.
        """
        try:
            with _full_disk_told():
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self.path_of(video_id).touch(0o600)
        except OSError as error:
            raise ShelfUnusable(error) from error

    def size_of(self, video_id: str) -> int:
        """Return how many bytes are here; 0 where there is no file."""
        try:
            return self.path_of(video_id).stat().st_size
        except FileNotFoundError:
            return 0

    def holds(self, video_id: str) -> bool:
        """Tell whether the file is here."""
        return self.path_of(video_id).is_file()

    def append(self, video_id: str, piece: bytes) -> None:
        """Add bytes at the file's end. Raises `DiskFull`, with nothing added."""
        self.check_room(len(piece))
        path = self.path_of(video_id)
        before = path.stat().st_size
        with _full_disk_told(), path.open("r+b", buffering=0) as file:
            file.seek(before)
            try:
                left = memoryview(piece)
                while left:
                    left = left[file.write(left) :]
            except OSError:
                file.truncate(before)
                raise

    def read_head(self, video_id: str) -> bytes:
        """Return the file's first bytes."""
        with self.path_of(video_id).open("rb") as file:
            return file.read(HEAD_BYTES)

    def erase(self, video_id: str) -> None:
        """Erase the file, if it is there. Whoever reads it meanwhile reads on."""
        self.path_of(video_id).unlink(missing_ok=True)
        self.end_try(video_id)

    def begin_try(self, video_id: str) -> int:
        """Note that the file is being read; return how often that did not come to an end before.

        It is noted on the disk, because a file may bring the whole process down.
        """
        path = self._tries_of(video_id)
        before = path.stat().st_size if path.exists() else 0
        with suppress(OSError), path.open("ab") as file:  # a full disk keeps nobody from reading
            file.write(b".")
        return before

    def end_try(self, video_id: str) -> None:
        """Note that reading a file did not bring the process down."""
        self._tries_of(video_id).unlink(missing_ok=True)

    def _tries_of(self, video_id: str) -> Path:
        return self.folder / f"{video_id}{_TRIES}"

    def erase_others(self, kept: Collection[str]) -> None:
        """Erase every file that belongs to none of these recordings."""
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.name.removesuffix(_TRIES) not in kept and path.is_file():
                path.unlink(missing_ok=True)

    def check_room(self, wanted: int) -> None:
        """Raise `DiskFull` unless so many bytes fit and the reserve is left."""
        if not self.has_room(wanted):
            raise DiskFull

    def has_room(self, wanted: int) -> bool:
        """Tell whether so many bytes fit and the reserve is left."""
        there = next(each for each in (self.folder, *self.folder.parents) if each.exists())
        return shutil.disk_usage(there).free >= wanted + self._reserve


@contextmanager
def _full_disk_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFull from error
        raise
