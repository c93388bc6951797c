"""The engagement profile of a session: a formula of the teacher's own, or ours again."""

from collections.abc import Callable

from fastapi import APIRouter, Depends

from server.engagement import restore, revise
from server.requests import ServiceOf, require_teacher
from server.routes import problems
from server.schemas import EngagementProfile, NewEngagementProfile
from server.service import Service
from server.store.engagement_profiles import change_profile

router = APIRouter(
    prefix="/api/v1/sessions/{session_id}/engagement-profile",
    tags=["engagement"],
    dependencies=[Depends(require_teacher)],
    responses=problems(401, 403, 404, 422, 503),
)


@router.put("", responses=problems(408, 413))
def put_profile(
    session_id: str, wish: NewEngagementProfile, service: ServiceOf
) -> EngagementProfile:
    """Tell the session by another formula: all of it at once, what is past as well.

    The version counts one up. The same formula sent again changes nothing.
    """
    return _change(service, session_id, lambda profile: revise(profile, wish))


@router.delete("")
def delete_profile(session_id: str, service: ServiceOf) -> EngagementProfile:
    """Tell the session by the shipped formula again. That is a new version, too."""
    return _change(service, session_id, restore)


def _change(
    service: Service, session_id: str, change: Callable[[EngagementProfile], EngagementProfile]
) -> EngagementProfile:
    with service.database.writing() as db:
        return change_profile(db, session_id, change)
