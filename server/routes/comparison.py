"""Several sessions beside each other."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Response

from server.comparison_reader import read_comparison
from server.languages import choose_language, speaking
from server.requests import ServiceOf, require_teacher
from server.routes import problems
from server.schemas import Comparison

router = APIRouter(
    prefix="/api/v1/comparison",
    tags=["courses"],
    dependencies=[Depends(require_teacher)],
    responses=problems(401, 403, 404, 422, 503),
)


@router.get("", response_model=Comparison)
def get_comparison(
    service: ServiceOf,
    *,
    course: Annotated[str | None, Query(description="All sessions of this course.")] = None,
    session: Annotated[
        list[str] | None, Query(description="A session's id; once for each, 100 at most.")
    ] = None,
    aligned_by: Annotated[
        Literal["time", "segment"],
        Query(description="By the time since each one's start, or by titles that they share."),
    ] = "time",
    lang: Annotated[
        str | None, Query(description="Language of its sentences; else as Accept-Language says.")
    ] = None,
    accepted: Annotated[str | None, Header(alias="Accept-Language")] = None,
) -> Response:
    """Compare the sessions of a course, or those named. Of lessons, never of people.

    From their reports, which are made first where they are missing. A session that can't be
    compared is told in `left_out`, with a sentence why.
    """
    language = choose_language(lang, accepted)
    with speaking(language), service.reports.writing:
        told = read_comparison(
            service.database,
            service.reports.read,
            course=None if course is None else course.strip(),
            ids=session or [],
            aligned_by=aligned_by,
        )
        body = told.model_dump_json()
    headers = {"Content-Language": language, "Vary": "Accept-Language"}
    return Response(body, media_type="application/json", headers=headers)
