"""One picture, all its faces; nothing is stored."""

from fastapi import APIRouter, Depends

from server.requests import PictureOf, ServiceOf, require_teacher
from server.routes import problems
from server.routes.frames import PICTURE_BODY
from server.schemas import Analysis
from server.wire import analysis_of_reading

router = APIRouter(tags=["analyze"], dependencies=[Depends(require_teacher)])


@router.post(
    "/api/v1/analyze",
    responses=problems(400, 401, 403, 408, 413, 415, 429, 503),
    openapi_extra=PICTURE_BODY,
)
async def analyze_picture(picture: PictureOf, service: ServiceOf) -> Analysis:
    """Find all faces of one picture and tell each one's emotion. Nothing is stored."""
    reading = await service.analyst.read(picture)
    return analysis_of_reading(reading, service.analyst.network_version)
