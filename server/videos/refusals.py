"""Why something of a recording is not taken, each in a sentence that says what to do."""

from server.refusals import TryLater
from server.schemas import MOST_VIDEO_BYTES


class VideoTooLarge(Exception):
    """A recording over the limit, or one that goes on beyond the length that was announced."""

    def __init__(self, limit: int = MOST_VIDEO_BYTES) -> None:
        super().__init__(
            f"A recording may have {limit / 1024**3:g} GiB at most. Send it at a lower resolution "
            "or frame rate (640x360 at one frame a second is enough), or in parts."
        )


class MoreThanAnnounced(VideoTooLarge):
    """More bytes than `size_bytes` said."""

    def __init__(self, size_bytes: int) -> None:
        Exception.__init__(
            self,
            f"The recording was announced with {size_bytes} bytes, and this is more. Delete it "
            "and announce it with the size of the whole file.",
        )


class WrongOffset(Exception):
    """A piece that does not begin where the last one ended. offset: where the next one begins."""

    def __init__(self, offset: int) -> None:
        self.offset = offset
        super().__init__(
            f"The next byte wanted is number {offset}, counted from 0. Send the rest of the file "
            f"from there, with “Upload-Offset: {offset}”."
        )


class UploadKeyTaken(Exception):
    """An upload key that another recording has."""

    def __init__(self) -> None:
        super().__init__(
            "Another recording is uploaded under this upload_key with other words. Choose another "
            "key, or repeat the call as it was."
        )


class NotWaitingForBytes(Exception):
    """A piece of a recording that is not being uploaded any more."""

    def __init__(self) -> None:
        super().__init__(
            "This recording takes no more pieces: it was cancelled or can't be read. Look it up "
            "to see why, and announce it again."
        )


class NotPieces(Exception):
    """A body of another media type than plain bytes."""

    def __init__(self, media_type: str) -> None:
        super().__init__(
            f"Content-Type is “{media_type}”; send the raw bytes of the file as "
            "application/octet-stream."
        )


class NotAVideo(Exception):
    """A file that is no recording of a kind that is read."""


class DiskFull(Exception):
    """The disk has no room for a recording."""

    def __init__(self) -> None:
        super().__init__(
            "The server's disk has no room for this recording, and nothing of it was kept. Free "
            "some space there, or send a smaller file."
        )


class ShelfUnusable(Exception):
    """The folder for recordings can't be made or written."""

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"The server can't write recordings into its data folder ({error.strerror}). Let it "
            "write there, or set ROOMTONE_DATA_DIR to a folder where it may."
        )


class TooManyUploads(TryLater):
    """As many recordings as may be on their way are."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"{most} recordings are on their way or wait to be read. Wait until one is done, or "
            "cancel one.",
            60.0,
        )


class WrongViewKey(Exception):
    """No `Video-Key`, or not that of the recording."""

    def __init__(self) -> None:
        super().__init__(
            "The frames are shown to whoever uploads the recording: send “Video-Key” with the "
            "view_key from the answer to POST /api/v1/videos."
        )


class NoFrameView(LookupError):
    """A recording that was uploaded without a wish to see its frames."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody asked to see the frames of this recording. Upload it with "
            "“show_frames”: true to look at them."
        )


class FramesGone(Exception):
    """Frames that were let go: the visit is over."""

    def __init__(self) -> None:
        super().__init__(
            "These frames were let go: the visit ended, nobody looked for ten minutes, the server "
            "was started again, or its disk had no room. Upload the recording again to see them."
        )


class FrameNotFound(LookupError):
    """A frame that is not in the view."""

    def __init__(self) -> None:
        super().__init__("There is no such frame to be seen. List the frames.")
