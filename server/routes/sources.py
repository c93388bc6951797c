"""What a source may do for itself: say how it follows, look itself up, leave."""

from fastapi import APIRouter, Request

from server.bookkeeping import judge_outcome
from server.requests import FrameSeq, ServiceOf, SourceOf
from server.routes import problems
from server.schemas import SelfReport, SelfReportReceipt, SourceView, Withdrawal
from server.store.sources import look_up_source

router = APIRouter(
    prefix="/api/v1/sessions/{session_id}",
    tags=["sources"],
    responses=problems(401, 403, 404, 422, 503),
)


@router.post("/self-reports", responses=problems(408, 409, 410, 413, 429))
async def post_self_report(
    source: SourceOf, seq: FrameSeq, said: SelfReport, service: ServiceOf, request: Request
) -> SelfReportReceipt:
    """Say how you follow, for a source's own token only. Answered only after it is counted.

    Numbered in one row with the source's frames. In a bucket of 30 s the latest answer counts, so
    a page repeats a standing answer once in each.
    """
    receipt = await service.ingest.take_self_report(source, seq, said)
    judge_outcome(request.scope, receipt.outcome)
    return receipt


@router.get("/source")
def get_source(source: SourceOf, service: ServiceOf) -> SourceView:
    """Read what a source may know of itself and its session, also after leaving or the end."""
    with service.database.reading() as db:
        state = look_up_source(db, source.session_id, source.source_id)
    return SourceView(
        session_title=state.session_title,
        simulated=state.simulated,
        camera=state.camera,
        self_report=state.self_report,
        send_seconds=state.send_seconds,
        last_seq=state.last_seq,
        left=state.left,
        ended=state.ended,
    )


@router.post("/leave")
async def post_leave(source: SourceOf, service: ServiceOf) -> Withdrawal:
    """Leave and withdraw: what is still kept of this source alone is erased, nothing is taken.

    Leaving again changes nothing. Join again with the code to take part again.
    """
    return Withdrawal(erased_buckets=await service.ingest.leave(source))
