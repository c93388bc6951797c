"""What a file is, by its first bytes; names are not asked for. Pure."""

from typing import Final

HEAD_BYTES: Final = 4096
"""So much of a file's beginning is enough to tell."""

_BOXES: Final = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"uuid", b"styp"})
"""What a file of the QuickTime family (mov, mp4) may begin with."""
_OTHERS: Final = {
    b"\xff\xd8\xff": "a JPEG picture",
    b"\x89PNG": "a PNG picture",
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive or an Office file",
    b"ID3": "a sound file",
    b"OggS": "an Ogg file",
    b"fLaC": "a sound file",
    b"0&\xb2u": "a Windows Media file",
}
_TAKEN: Final = (
    "Recordings are taken as mp4, mov, webm, mkv, avi, flv or gif; save it as one of these and "
    "upload it again."
)


def find_fault(head: bytes) -> str | None:
    """Return why a file that begins so is not read, as a sentence; None where it may be a video."""
    if head[4:8] in _BOXES or head.startswith((b"\x1aE\xdf\xa3", b"FLV", b"GIF8")):
        return None
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return None
    for magic, kind in _OTHERS.items():
        if head.startswith(magic):
            return f"This is {kind}, not a recording. {_TAKEN}"
    if head.startswith(b"RIFF"):
        return f"This is a sound file or a picture, not a recording. {_TAKEN}"
    return f"This is {'a text file' if _is_text(head) else 'no video'}. {_TAKEN}"


def _is_text(head: bytes) -> bool:
    try:
        text = head[: len(head) - 3 * (len(head) >= HEAD_BYTES)].decode()  # may cut a letter
    except UnicodeDecodeError:
        return False
    return "\0" not in text
