"""Readings of a recording gathered into buckets, each given away once and whole. Pure."""

from dataclasses import dataclass, field

from server.store.frame_counts import FrameCount, tally_frame
from server.tally import SourceTally, Tally, fold_source, merge_source_buckets
from server.videos.walk import WalkedFrame


@dataclass
class BucketFolder:
    """Folds one recording's frames, which come in order, as those of one shared window.

    started_at: unix seconds of the recording's beginning; bucket_seconds: as the session's;
    after: the start of the last bucket that is counted already, None where none is. Frames of it
    and of earlier ones are not `wanted`.
    """

    session_id: str
    started_at: float
    bucket_seconds: int
    network_version: str
    after: int | None = None
    _open: SourceTally | None = field(default=None, init=False)

    def wants(self, at_seconds: float) -> bool:
        """Tell whether a frame is of a bucket that is not counted yet."""
        return self.after is None or self._bucket_of(at_seconds) > self.after

    def add(self, walked: WalkedFrame) -> Tally | None:
        """Add a frame; return the bucket before, folded, where this frame begins a new one."""
        counted = FrameCount(
            self.session_id,
            "recording",
            walked.index,
            self.started_at + walked.at_seconds,
            self.network_version,
            walked.reading.probabilities,
            walked.reading.turned,
        )
        own = tally_frame(counted, self.bucket_seconds, "window")
        if self._open is not None and own.bucket_start == self._open.bucket_start:
            self._open = merge_source_buckets([self._open, own])
            return None
        whole, self._open = self._open, own
        return None if whole is None else fold_source(whole)

    def close(self) -> Tally | None:
        """Return the last bucket, folded."""
        whole, self._open = self._open, None
        return None if whole is None else fold_source(whole)

    def _bucket_of(self, at_seconds: float) -> int:
        return int((self.started_at + at_seconds) // self.bucket_seconds) * self.bucket_seconds
