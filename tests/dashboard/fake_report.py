"""The fake server's calls after a lesson: its report, what was said, its title and course."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query, Request, Response

from server.outlines.failures import OutlineUnreadable
from server.outlines.webvtt import read_cues
from server.schemas import (
    CourseSummary,
    Report,
    ReportFormat,
    ReportSession,
    Session,
    SessionChange,
    Statement,
    Stretch,
    TranscriptCue,
)

AT = "/api/v1/sessions/{session_id}"
FILES = {
    ReportFormat.HTML: ("text/html; charset=utf-8", b"<!DOCTYPE html><title>A report</title>"),
    ReportFormat.PDF: ("application/pdf", b"%PDF-1.7 made up"),
    ReportFormat.CSV: ("text/csv; charset=utf-8", b"table,what\nwhole,neutral\n"),
    ReportFormat.PARQUET: ("application/vnd.apache.parquet", b"PAR1"),
}


LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"


@dataclass
class Aftermath:
    """What is there of a lesson after it. `broken` answers a report with 503."""

    transcript: list = field(default_factory=list)
    broken: bool = False
    languages: list = field(default_factory=list)
    zones: list = field(default_factory=list)


def add_report(app, fake, refuse):
    """Add the calls to the fake server's app. `refuse` makes the error of a status and a detail."""
    _add_files(app, fake, refuse)
    _add_transcript(app, fake, refuse)
    _add_courses(app, fake)


def _add_files(app, fake, refuse):
    @app.get(f"{AT}/report")
    def get_report(
        session_id: str,
        kind: Annotated[ReportFormat, Query(alias="format")] = ReportFormat.JSON,
        lang: str = "en",
        zone: str | None = None,
    ) -> Response:
        lesson = fake.lesson(session_id)
        if lesson.session.ended_at is None:
            raise refuse(409, "This session is still running. End it first.")
        if lesson.after.broken:
            raise refuse(503, "The database can't be read. Try again in a moment.")
        lesson.after.languages.append(lang)
        lesson.after.zones.append(zone)
        if kind is ReportFormat.JSON:
            told = tell_report(fake, lesson, lang).model_dump_json().encode()
            return Response(told, media_type="application/json")
        media_type, body = FILES[kind]
        named = {"Content-Disposition": f'attachment; filename="lesson.{kind}"'}
        return Response(body, media_type=media_type, headers=named)


def tell_report(fake, lesson, lang):
    session = fake.told(lesson)
    fields = {name: getattr(session, name) for name in ReportSession.model_fields
              if hasattr(session, name)}  # fmt: skip
    whole = Stretch(
        start=session.started_at, seconds=60, enough=False, visible=0, present=0, coverage=None,
        shares=None, turned=None, engagement=None, said=0, answers=None,
    )  # fmt: skip
    says = {"en": "The class looked mostly neutral.", "de": "Die Klasse wirkte meist neutral."}
    statement = Statement(section="whole", key="mostly", figures={}, text=says[lang])
    change = Statement(
        section="changes",
        key="change",
        figures={"at": "2026-03-02T10:42:00+00:00"},
        text=f"More surprise from 10:42 on. {LONG_WORD}",
    )
    return Report(
        version=1,
        made_at=datetime.fromtimestamp(fake.now(), UTC),
        session=ReportSession(**fields, network_versions=["fer-1"]),
        corrected=False, whole=whole, series=[], changes=[], segments=[], gaps=[],
        markers=[], notes=[], outline=lesson.teaching.outline,
        transcript=lesson.after.transcript, engagement_profile=lesson.teaching.profile,
        statements=[statement, *[change] * 7],
    )  # fmt: skip


def _add_transcript(app, fake, refuse):
    @app.put(f"{AT}/transcript")
    async def put_transcript(session_id: str, request: Request) -> list[TranscriptCue]:
        after = fake.lesson(session_id).after
        try:
            cues = read_cues(await request.body())
        except OutlineUnreadable as error:
            raise refuse(422, str(error)) from error
        after.transcript = [
            TranscriptCue(begins_s=cue.begin_s, ends_s=cue.end_s, words=cue.text) for cue in cues
        ]
        return after.transcript

    @app.get(f"{AT}/transcript")
    def get_transcript(session_id: str) -> list[TranscriptCue]:
        return fake.lesson(session_id).after.transcript

    @app.delete(f"{AT}/transcript", status_code=204)
    def erase_transcript(session_id: str) -> Response:
        fake.lesson(session_id).after.transcript = []
        return Response(status_code=204)


def _add_courses(app, fake):
    @app.get("/api/v1/courses")
    def get_courses() -> list[CourseSummary]:
        found = {}
        for lesson in fake.lessons.values():
            if lesson.session.course:
                found.setdefault(lesson.session.course, []).append(lesson.session.started_at)
        return [
            CourseSummary(course=name, sessions=len(at), first_at=min(at), last_at=max(at))
            for name, at in found.items()
        ]

    @app.patch(AT)
    def patch_session(session_id: str, change: SessionChange) -> Session:
        lesson = fake.lesson(session_id)
        told = {name: getattr(change, name) for name in change.model_fields_set}
        lesson.session = lesson.session.model_copy(update=told)
        return fake.told(lesson)
