"""What the page's script is told: the figures of every stretch, and its words. Pure."""

import json
from datetime import datetime
from typing import Any

from model.palette import TOP_TO_BOTTOM
from server.languages import gettext, spoken_language
from server.publishing.geometry import Span
from server.schemas import Report, Share, Stretch
from server.schemas.answer_look import BOTTOM_TO_TOP


def embed(report: Report, span: Span) -> str:
    """Return JSON that may stand inside `<script>`: no sign in it can end the element."""
    told = {
        "start": _iso(span.start),
        "seconds": span.seconds,
        "language": spoken_language(),
        "series": [_tell_stretch(stretch, span) for stretch in report.series],
        "slides": [
            [entry.begins_s, entry.title]
            for entry in sorted(report.outline, key=lambda e: (e.begins_s is None, e.begins_s))
            if entry.begins_s is not None
        ],
        "cues": [[cue.begins_s, cue.ends_s, cue.words] for cue in report.transcript],
        "words": _words(),
    }
    written = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return written


def _tell_stretch(stretch: Stretch, span: Span) -> dict[str, Any]:
    shares, answers, told = stretch.shares, stretch.answers, stretch.engagement
    return {
        "at": (stretch.start - span.start).total_seconds(),
        "seconds": stretch.seconds,
        "visible": stretch.visible,
        "present": stretch.present,
        "said": stretch.said,
        "shares": shares and [_three(shares[e]) for e in TOP_TO_BOTTOM],
        "answers": answers and [_three(answers[a]) for a in BOTTOM_TO_TOP],
        "turned": stretch.turned and _three(stretch.turned),
        "engagement": told and [told.engagement, told.low, told.high],
    }


def _three(share: Share) -> list[float]:
    return [share.share, share.low, share.high]


def _iso(moment: datetime) -> str:
    return moment.isoformat()


def _words() -> dict[str, str]:
    return {
        "zone": gettext("Times are those of this device’s clock, {zone}."),
        "visible": gettext("{visible} visible"),
        "visibleOf": gettext("{visible} visible, {present} present"),
        "notEnough": gettext("Not enough faces to say"),
        "fewAnswers": gettext("Not enough answers to say"),
        "into": gettext("{length} into the lesson"),
        "most": gettext("{time}: {expression} {share}"),
        "nothing": gettext("{time}: not enough faces to say"),
    }
