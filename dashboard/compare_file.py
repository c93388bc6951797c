"""A comparison's differences as CSV: one row for each lesson, title and emotion. Pure."""

import csv
import io

from server.schemas import ComparedSession, Comparison, Difference, Share

HEADS = (
    "number", "session_id", "title", "course", "started_at", "simulated", "corrected", "segment",
    "visible", "coverage", "emotion", "share", "share_low", "share_high",
    "less_the_others", "low", "high", "beyond_noise",
)  # fmt: skip
"""The same in every language, as the other files of Roomtone have it."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(told: Comparison) -> str:
    """Return the table; `segment` is empty in rows of a whole lesson.

    Nothing in it starts a formula: where a title would, an apostrophe stands before it.
    """
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(HEADS)
    for session in told.sessions:
        shown = [("", session.whole, session.against_rest)]
        shown += [(one.title, one, one.against_rest) for one in session.segments]
        for title, stretch, differences in shown:
            own = [*_describe(session), _harmless(title), stretch.visible, stretch.coverage]
            for emotion, share in (stretch.shares or {}).items():
                difference = (differences or {}).get(emotion)
                table.writerow([*own, emotion, *_numbers(share), *_compared(difference)])
    return written.getvalue()


def _describe(session: ComparedSession) -> list[object]:
    return [
        session.number, session.session_id, _harmless(session.title),
        _harmless(session.course or ""), session.started_at.isoformat(),
        session.simulated, session.corrected,
    ]  # fmt: skip


def _numbers(share: Share) -> list[float]:
    return [share.share, share.low, share.high]


def _compared(difference: Difference | None) -> list[object]:
    if difference is None:
        return ["", "", "", ""]
    return [difference.size, difference.low, difference.high, difference.beyond_noise]


def _harmless(words: str) -> str:
    return f"'{words}" if words.startswith(_FORMULA) else words
