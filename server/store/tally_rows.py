"""Tallies as rows of wide counter columns, and rows as tallies. Pure: sends no SQL."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column

from model.emotions import EMOTIONS
from server.store.tables import open_tally, tally
from server.tally import SourceTally, Tally

SIZE = len(EMOTIONS)


def _columns_of(prefix: str) -> list[str]:
    return [f"{prefix}_{emotion}" for emotion in EMOTIONS]


COUNTS, SUMS, SQUARES = _columns_of("count"), _columns_of("sum"), _columns_of("square")
EVEN_SUMS, EVEN_SHARE_SUMS = _columns_of("even_sum"), _columns_of("even_share_sum")
SHARE_SUMS, SHARE_SQUARES = _columns_of("share_sum"), _columns_of("share_square")

SOURCE_TALLY_COLUMNS: list[Column[Any]] = [
    open_tally.c[name]
    for name in (
        *("bucket_start", "kind", "network_version", "frames", "frames_with_faces", "faces"),
        *("posed", "turned"),
        *(*COUNTS, *SUMS, *SQUARES, *EVEN_SUMS),
    )
]
"""What to select, in this order, for `read_source_tally`."""

TALLY_COLUMNS: list[Column[Any]] = [
    tally.c[name]
    for name in (
        *("bucket_start", "kind", "network_version"),
        *("frames", "faces", "sources", "visible", "weight"),
        *("posed_weight", "turned_sum", "turned_square"),
        *(*COUNTS, *SUMS, *SHARE_SUMS, *SHARE_SQUARES, *EVEN_SHARE_SUMS),
    )
]
"""What to select, in this order, for `read_tally`."""


def write_source_tally(session_id: str, source_id: str, own: SourceTally) -> dict[str, Any]:
    """Return a row of `open_tally`."""
    return {
        "session_id": session_id,
        "source_id": source_id,
        "bucket_start": own.bucket_start,
        "kind": own.kind,
        "network_version": own.network_version,
        "frames": own.frames,
        "frames_with_faces": own.frames_with_faces,
        "faces": own.faces,
        "posed": own.posed,
        "turned": own.turned,
        **_named(COUNTS, own.counts),
        **_named(SUMS, own.sums),
        **_named(SQUARES, own.squares),
        **_named(EVEN_SUMS, own.even_sums),
    }


def write_tally(session_id: str, whole: Tally) -> dict[str, Any]:
    """Return a row of `tally`."""
    return {
        "session_id": session_id,
        "bucket_start": whole.bucket_start,
        "kind": whole.kind,
        "network_version": whole.network_version,
        "frames": whole.frames,
        "faces": whole.faces,
        "sources": whole.sources,
        "visible": whole.visible,
        "weight": whole.weight,
        "posed_weight": whole.posed_weight,
        "turned_sum": whole.turned_sum,
        "turned_square": whole.turned_square,
        **_named(COUNTS, whole.counts),
        **_named(SUMS, whole.sums),
        **_named(SHARE_SUMS, whole.share_sums),
        **_named(SHARE_SQUARES, whole.share_squares),
        **_named(EVEN_SHARE_SUMS, whole.even_share_sums),
    }


def read_source_tally(row: Sequence[Any]) -> SourceTally:
    """Turn a row of `SOURCE_TALLY_COLUMNS` into a tally."""
    counts, sums, squares, even_sums = _split(row, len(row) - 4 * SIZE)
    start, kind, version, frames, with_faces, faces, posed, turned = row[: len(row) - 4 * SIZE]
    return SourceTally(
        start,
        kind,
        version,
        frames,
        with_faces,
        faces,
        counts.astype(np.int64),
        sums,
        squares,
        even_sums,
        posed,
        turned,
    )


def read_tally(row: Sequence[Any]) -> Tally:
    """Turn a row of `TALLY_COLUMNS` into a tally."""
    counts, sums, share_sums, share_squares, even_share_sums = _split(row, len(row) - 5 * SIZE)
    start, kind, version, frames, faces, sources, visible, weight = row[:8]
    posed_weight, turned_sum, turned_square = row[8:11]
    return Tally(
        start,
        kind,
        version,
        frames,
        faces,
        sources,
        visible,
        weight,
        counts.astype(np.int64),
        sums,
        share_sums,
        share_squares,
        even_share_sums,
        posed_weight,
        turned_sum,
        turned_square,
    )


def _named(names: Sequence[str], values: NDArray[Any]) -> dict[str, Any]:
    return dict(zip(names, values.tolist(), strict=True))


def _split(row: Sequence[Any], first: int) -> NDArray[np.float64]:
    return np.array(row[first:], np.float64).reshape(-1, SIZE)
