"""Opens a video file's container, and nothing else: no network, no playlist, no second file.

Imports PyAV. FFmpeg is handed the open file, never its name, so that a name that looks like an
address stays a name; only the formats below are tried; and what a file refers to is not opened.
"""

import os
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from model.clips.clip import UnreadableClip

FORMATS = (
    "mov,mp4,m4a,3gp,3g2,mj2",
    "matroska,webm",
    "avi",
    "flv",
    "live_flv",
    "gif",
    "apng",
    "mpegts",
    "mpeg",
    "mpegvideo",
    "ogg",
    "asf",
    "h264",
    "hevc",
    "m4v",
    "wav",
    "mp3",
    "flac",
    "aac",
)
"""FFmpeg's names of what is opened; sound alone is, to be refused with the right sentence."""

MAX_PIXELS = 8192 * 4320
"""A picture of 8K has fewer; what claims more is a decompression bomb."""

GENERATED_TIMES = 1
"""FFmpeg's flag (AVFMT_FLAG_GENPTS) that PyAV sets: times it makes up for packets without any."""

_BUFFER_BYTES = 256 * 1024
_BY_ITS_START = "it is no video, GIF or picture Roomtone knows, or it breaks off at its very start"
_WITHOUT_TABLE = (
    "it breaks off, and an MP4 or MOV file keeps the table of its frames at its end; "
    "without it nothing can be found in it. Copy or download it anew, or record as MKV or WebM"
)


def open_container(file: BinaryIO, path: Path) -> InputContainer:
    """Open what `file` holds; `path` only names it in sentences. Raises `UnreadableClip`."""
    refuse_text(file, path)
    try:
        container = av.open(
            file,
            "r",
            options={"format_whitelist": ",".join(FORMATS), "max_pixels": str(MAX_PIXELS)},
            metadata_errors="replace",
            buffer_size=_BUFFER_BYTES,
            io_open=_refuse_other_files,
        )
    except (av.FFmpegError, ValueError, OSError):
        raise UnreadableClip(path, _tell_damage(file)) from None
    container.flags &= ~GENERATED_TIMES  # wrong where frames are reordered
    return container


def choose_video(container: InputContainer, path: Path) -> VideoStream:
    """Return the container's video: the default one, else the largest; never a cover picture.

    Raises `UnreadableClip`.
    """
    found = [stream for stream in container.streams.video if _is_film(stream)]
    if not found:
        sound = bool(container.streams.audio)
        raise UnreadableClip(path, f"it holds {'sound but ' if sound else ''}no video")
    return max(found, key=lambda s: (bool(s.disposition & Disposition.default), _pixels(s)))


def check_size(width: int, height: int, path: Path) -> None:
    """Refuse what claims more than `MAX_PIXELS`. Raises `UnreadableClip`."""
    if width * height > MAX_PIXELS:
        raise UnreadableClip(
            path, f"its pictures claim {width}x{height} pixels; at most 8K (8192x4320) is read"
        )


def refuse_text(file: BinaryIO, path: Path) -> None:
    """Refuse text files, playlists among them. Raises `UnreadableClip`."""
    head = file.read(4096)
    file.seek(0)
    if not head:
        raise UnreadableClip(path, "the file is empty")
    try:
        text = head[: len(head) - 3 * (len(head) == 4096)].decode()  # may cut a letter
    except UnicodeDecodeError:
        return
    if "\0" not in text:
        raise UnreadableClip(path, "it is a text file")


def find_tear(file: BinaryIO) -> str | None:
    """Say what is missing where a GIF or a file of the MP4 family ends too early, else None."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    head = file.read(8)
    if head.startswith(b"GIF8"):
        file.seek(-min(64, size), os.SEEK_END)
        whole = file.read().rstrip(b"\0\r\n").endswith(b"\x3b")
        return None if whole else "the GIF has no end"
    if head[4:] == b"ftyp" and not _boxes_end_at(file, size):
        return "its last part is not whole"
    return None


def _boxes_end_at(file: BinaryIO, size: int) -> bool:
    """Walk the outermost boxes (ISO/IEC 14496-12, 4.2); their lengths have to add up."""
    at = 0
    while at < size:
        file.seek(at)
        head = file.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length == 0:  # to the end of the file
            return True
        if length < 8:  # no box: somebody's bytes after the last
            return True
        at += length
    return at == size


def _is_film(stream: VideoStream) -> bool:
    return bool(stream.codec_context) and not stream.disposition & Disposition.attached_pic


def _pixels(stream: VideoStream) -> int:
    return stream.codec_context.width * stream.codec_context.height


def _tell_damage(file: BinaryIO) -> str:
    file.seek(0)
    return _WITHOUT_TABLE if file.read(8)[4:] == b"ftyp" else _BY_ITS_START


def _refuse_other_files(name: str, *_: object) -> object:
    raise PermissionError(name)
