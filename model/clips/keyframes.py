"""Whether a decoder can really begin at a packet that calls itself a keyframe.

H.264 also marks packets from which the picture only recovers by and by (a refresh that wanders
over the picture, an open group). Only those with an IDR picture are a beginning.
"""

IDR = 5
"""The type of an IDR picture's unit (ITU-T H.264, table 7-1)."""


def begins_afresh(data: bytes, extradata: bytes | None, codec: str) -> bool:
    """Say whether decoding can begin at a keyframe's packet, with nothing before it."""
    if codec != "h264":
        return True
    if extradata and extradata[0] == 1 and len(extradata) > 4:
        return _holds_idr_by_length(data, (extradata[4] & 3) + 1)
    return _holds_idr_by_start_code(data)


def _holds_idr_by_length(data: bytes, size: int) -> bool:
    """Walk units that each come after their length of `size` bytes."""
    at = 0
    while at + size < len(data):
        if data[at + size] & 31 == IDR:
            return True
        at += size + int.from_bytes(data[at : at + size], "big")
    return False


def _holds_idr_by_start_code(data: bytes) -> bool:
    at = data.find(b"\0\0\1")
    while 0 <= at < len(data) - 3:
        if data[at + 3] & 31 == IDR:
            return True
        at = data.find(b"\0\0\1", at + 3)
    return False
