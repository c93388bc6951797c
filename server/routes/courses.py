"""The courses there are."""

from fastapi import APIRouter, Depends

from server.requests import ServiceOf, require_teacher
from server.routes import problems
from server.schemas import CourseSummary
from server.store.courses import list_courses

router = APIRouter(
    prefix="/api/v1/courses",
    tags=["courses"],
    dependencies=[Depends(require_teacher)],
    responses=problems(401, 403, 503),
)


@router.get("")
def get_courses(service: ServiceOf) -> list[CourseSummary]:
    """List all courses; the one with the newest session first.

    `PATCH /api/v1/sessions/{session_id}` puts a session into a course.
    """
    with service.database.reading() as db:
        return [
            CourseSummary(
                course=stored.name,
                sessions=stored.sessions,
                first_at=stored.first_at,
                last_at=stored.last_at,
            )
            for stored in list_courses(db)
        ]
