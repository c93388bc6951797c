"""The report of an ended session, in the form and language asked for."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import AfterValidator

from server.languages import choose_language, speaking
from server.report.words import word_report
from server.requests import ServiceOf, require_teacher
from server.routes import problems
from server.schemas import Report, ReportFormat

router = APIRouter(
    prefix="/api/v1/sessions/{session_id}",
    tags=["report"],
    dependencies=[Depends(require_teacher)],
    responses=problems(401, 403, 404, 409, 422, 503),
)

_FILE = {"schema": {"type": "string", "format": "binary"}}
_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The report, as a file that is named in Content-Disposition.",
        "content": {
            "text/html": _FILE,
            "application/pdf": _FILE,
            "text/csv": _FILE,
            "application/vnd.apache.parquet": _FILE,
        },
    }
}


def _read_zone(name: str | None) -> str | None:
    """Check the name of a time zone."""
    try:
        if name is not None:
            ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise ValueError("not the name of a time zone; write one such as Europe/Berlin") from None
    return name


@router.get("/report", response_model=Report, responses=_FORMS)
def get_report(
    session_id: str,
    service: ServiceOf,
    *,
    form: Annotated[ReportFormat, Query(alias="format")] = ReportFormat.JSON,
    lang: Annotated[
        str | None, Query(description="Language of its sentences; else as Accept-Language says.")
    ] = None,
    zone: Annotated[
        str | None,
        AfterValidator(_read_zone),
        Query(description="Time zone of the clock times on paper, as IANA calls it."),
    ] = None,
    accepted: Annotated[str | None, Header(alias="Accept-Language")] = None,
) -> Response:
    """Read the report of a session that has ended, as JSON or as a file with the same numbers.

    It is made when the session ends, and anew when what it tells was changed since.
    """
    from server.publishing import MEDIA_TYPES, file_name, write_report  # noqa: PLC0415 - when asked

    told = service.reports.read(session_id)
    language = choose_language(lang, accepted)
    with speaking(language), service.reports.writing:
        worded = word_report(told)
        body = write_report(worded, form, ZoneInfo(zone) if zone else None)
    headers = {
        "Content-Language": language,
        "Vary": "Accept-Language",
        "Content-Disposition": f'attachment; filename="{file_name(worded, form)}"',
    }
    if form is ReportFormat.JSON:
        del headers["Content-Disposition"]
    return Response(body, media_type=MEDIA_TYPES[form], headers=headers)
