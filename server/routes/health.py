"""Liveness, readiness and metrics; open to whoever runs the server."""

from fastapi import APIRouter, Response

from server.requests import ServiceOf
from server.routes import problems

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def get_health() -> dict[str, str]:
    """Say that the process is alive."""
    return {"status": "alive"}


@router.get("/readyz", responses=problems(503))
async def get_readiness(service: ServiceOf) -> dict[str, str]:
    """Say whether frames can be taken: the database answers and the network is loaded."""
    return await service.readiness.check_in_time()


@router.get("/metrics", response_class=Response)
def get_metrics(service: ServiceOf) -> Response:
    """Tell the metrics in Prometheus' text format."""
    return Response(service.metrics.render(), media_type="text/plain; version=0.0.4")
