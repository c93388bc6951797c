"""A report as one tidy table: a row for each number, told apart by the column `table`. Pure.

docs/report_files.md has every column and every table. A quantity that is not told has no row.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from server.schemas import (
    ChangePoint,
    Difference,
    Marker,
    Report,
    Segment,
    Share,
    Statement,
    Stretch,
)

COLUMNS: Final = (
    *("table", "number", "at", "begins_s", "seconds", "what", "value", "low", "high"),
    *("beyond_noise", "enough", "kind", "words", "near", "near_s", "before_s", "after_s"),
)
TEXT_COLUMNS: Final = ("table", "what", "kind", "words", "near")
"""The columns that hold words; all others hold numbers, moments, or true and false."""

Row = dict[str, Any]


def list_rows(report: Report) -> list[Row]:
    """Return the rows, each with all of `COLUMNS`; None where a column does not apply."""
    start = report.session.started_at
    parts: tuple[Iterable[Row], ...] = (
        _session_rows(report),
        _stretch_rows("whole", [report.whole]),
        _stretch_rows("series", report.series),
        _change_rows(report.changes),
        _stretch_rows("segment", report.segments),
        _against_rest_rows(report.segments),
        _gap_rows(report),
        _marker_rows("marker", report.markers),
        _marker_rows("note", report.notes),
        _outline_rows(report),
        _transcript_rows(report),
        _profile_rows(report),
        _statement_rows(report.statements),
    )
    return [_finish(row, start) for rows in parts for row in rows]


def _finish(row: Row, start: datetime) -> Row:
    """Fill in the moment from the seconds after the start, or the seconds from the moment."""
    at, begins_s = row.get("at"), row.get("begins_s")
    if at is None and begins_s is not None:
        row["at"] = start + timedelta(seconds=begins_s)
    elif begins_s is None and at is not None:
        row["begins_s"] = (at - start).total_seconds()
    return {column: row.get(column) for column in COLUMNS}


def _session_rows(report: Report) -> Iterator[Row]:
    session = report.session
    yield {"table": "report", "what": "version", "value": report.version}
    yield {"table": "report", "what": "made_at", "at": report.made_at}
    yield {"table": "report", "what": "corrected", "value": report.corrected}
    for what in ("started_at", "ended_at"):
        yield {"table": "session", "what": what, "at": getattr(session, what)}
    for what in ("session_id", "title", "course", "origin"):
        yield {"table": "session", "what": what, "words": getattr(session, what)}
    for what in ("simulated", "camera", "self_report", "expected_students", "joined"):
        yield {"table": "session", "what": what, "value": getattr(session, what)}
    for number, version in enumerate(session.network_versions, start=1):
        yield {"table": "session", "number": number, "what": "network_version", "words": version}


def _stretch_rows(table: str, stretches: Iterable[Stretch]) -> Iterator[Row]:
    for number, stretch in enumerate(stretches, start=1):
        about: Row = {
            "table": table,
            "number": number,
            "at": stretch.start,
            "seconds": stretch.seconds,
            "enough": stretch.enough,
        }
        if isinstance(stretch, Segment):
            about |= {"kind": stretch.kind, "words": stretch.title}
        for what, numbers in _quantities(stretch):
            yield about | {"what": what} | numbers


def _quantities(stretch: Stretch) -> Iterator[tuple[str, Row]]:
    for what in ("visible", "present", "coverage", "said"):
        value = getattr(stretch, what)
        if value is not None:
            yield what, {"value": value}
    shares: list[tuple[str, Share]] = [*(stretch.shares or {}).items()]
    shares += [*(stretch.answers or {}).items()]
    if stretch.turned is not None:
        shares.append(("turned", stretch.turned))
    for what, share in shares:
        yield str(what), {"value": share.share, "low": share.low, "high": share.high}
    if stretch.engagement is not None:
        told = stretch.engagement
        yield "engagement", {"value": told.engagement, "low": told.low, "high": told.high}


def _difference(difference: Difference) -> Row:
    return {
        "value": difference.size,
        "low": difference.low,
        "high": difference.high,
        "beyond_noise": difference.beyond_noise,
    }


def _change_rows(changes: Iterable[ChangePoint]) -> Iterator[Row]:
    for number, change in enumerate(changes, start=1):
        about: Row = {
            "table": "change",
            "number": number,
            "at": change.at,
            "near": change.near,
            "near_s": change.near_s,
            "before_s": change.before_s,
            "after_s": change.after_s,
        }
        yield about | {"what": change.what} | _difference(change.change)
        for other in change.also:
            also = {"table": "also_changed", "what": other.what}
            yield about | also | _difference(other.change)


def _against_rest_rows(segments: Iterable[Segment]) -> Iterator[Row]:
    for number, segment in enumerate(segments, start=1):
        about: Row = {
            "table": "segment_against_rest",
            "number": number,
            "at": segment.start,
            "seconds": segment.seconds,
            "kind": segment.kind,
            "words": segment.title,
        }
        for emotion, difference in (segment.against_rest or {}).items():
            yield about | {"what": str(emotion)} | _difference(difference)


def _gap_rows(report: Report) -> Iterator[Row]:
    for number, gap in enumerate(report.gaps, start=1):
        yield {
            "table": "gap",
            "number": number,
            "at": gap.start,
            "seconds": gap.seconds,
            "what": "visible",
            "value": gap.visible,
            "enough": False,
        }


def _marker_rows(table: str, markers: Iterable[Marker]) -> Iterator[Row]:
    for number, marker in enumerate(markers, start=1):
        about: Row = {"table": table, "number": number, "at": marker.at}
        yield about | {"kind": marker.kind, "words": marker.label}


def _outline_rows(report: Report) -> Iterator[Row]:
    for entry in report.outline:
        yield {
            "table": "outline",
            "number": entry.position,
            "begins_s": entry.begins_s,
            "what": "begun",
            "value": entry.begun,
            "kind": entry.kind,
            "words": entry.title,
        }


def _transcript_rows(report: Report) -> Iterator[Row]:
    for number, cue in enumerate(report.transcript, start=1):
        yield {
            "table": "transcript",
            "number": number,
            "begins_s": cue.begins_s,
            "seconds": round(cue.ends_s - cue.begins_s, 6),
            "words": cue.words,
        }


def _profile_rows(report: Report) -> Iterator[Row]:
    profile = report.engagement_profile
    about: Row = {"table": "engagement_profile", "words": profile.title}
    yield about | {"what": "version", "value": profile.version}
    yield about | {"what": "screen_weight", "value": profile.screen_weight}
    for emotion, weight in profile.emotion_weights.items():
        yield about | {"what": f"{emotion}", "value": weight}


def _statement_rows(statements: Iterable[Statement]) -> Iterator[Row]:
    for number, statement in enumerate(statements, start=1):
        about: Row = {"number": number, "kind": statement.section}
        yield {"table": "statement", "what": statement.key, "words": statement.text} | about
        yield from _figure_rows(statement.figures, {"table": "statement_figure"} | about)


def _figure_rows(figures: Mapping[Any, Any], about: Row) -> Iterator[Row]:
    for what, figure in figures.items():
        column = "words" if isinstance(figure, str) else "value"
        if figure is not None:
            yield about | {"what": str(what), column: figure}
