"""Face finders: one protocol, one file per detector."""

from pathlib import Path
from typing import Protocol

from model.faces import Faces
from model.finders.centerface import CenterFace, FinderMissing
from model.finders.yunet import YuNet
from model.frames import Picture

__all__ = ["CenterFace", "FaceFinder", "FinderMissing", "YuNet", "open_finder"]


class FaceFinder(Protocol):
    """Finds faces. Implementations are safe to call from several threads at once."""

    @property
    def smallest(self) -> float:
        """Pixels of a face's longer side, of what the network sees, from which on it is found."""
        ...

    def usual_scale(self, width: int, height: int) -> float:
        """Return the scale at which a frame of this size is looked at unless told otherwise."""
        ...

    def find(self, picture: Picture, *, scale: float | None = None) -> Faces:
        """Find all faces of `(height, width, 3) uint8` BGR, best first, in its pixels.

        With a `scale`, look at that one alone.
        """
        ...

    def thorough(self) -> "FaceFinder":
        """Return a finder on the same network that takes more time to miss fewer faces."""
        ...


def open_finder(
    name: str = "centerface", *, scale: float | None = None, threshold: float | None = None
) -> FaceFinder:
    """Open `centerface`, or a YuNet ONNX file by its path.

    `scale` overrides the scale that is otherwise chosen from the frame's size. Raises
    `FinderMissing`.
    """
    if name.lower() == "centerface":
        return CenterFace(scale=scale, threshold=threshold or 0.35)
    return YuNet(Path(name), scale=scale, threshold=threshold or 0.6)
