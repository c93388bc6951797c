"""Any source of pictures as one thing: a `Clip` whose frames can be walked through.

Imports `model.headers` and `model.frames` of ours, and cv2, numpy and PyAV.
"""

from pathlib import Path

from model.clips.cameras import CameraClip
from model.clips.clip import (
    Clip,
    ClipError,
    ClipFrame,
    ClipNotFound,
    Kind,
    UnreadableClip,
)
from model.clips.pictures import FolderClip, PictureClip, is_picture
from model.clips.videos import VideoClip

__all__ = [
    "Clip",
    "ClipError",
    "ClipFrame",
    "ClipNotFound",
    "Kind",
    "UnreadableClip",
    "open_clip",
]


def open_clip(source: str | Path) -> Clip:
    """Open a webcam (`0`, `1`, ...), a video, a GIF, a picture or a folder of pictures.

    What a file is is read from its first bytes, not from its name. Raises `ClipNotFound` and
    `UnreadableClip`; whether a camera answers shows only when its frames are asked for.
    """
    if str(source).isdecimal() and not Path(source).exists():
        return CameraClip(int(str(source)))
    path = Path(source)
    try:
        if path.is_dir():
            return FolderClip(path)
        if not path.exists():
            raise ClipNotFound(str(source))
        if not path.is_file():
            raise UnreadableClip(path, "it is no file")
        return PictureClip(path) if is_picture(path) else VideoClip(path)
    except PermissionError as error:
        raise UnreadableClip(path, "it may not be read; check its permissions") from error
