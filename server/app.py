"""The composition root: settings in, a whole server out."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from model.pipeline import FramePipeline
from server.analyst import Analyst
from server.bookkeeping import KeepLedger
from server.correction import Estimators
from server.doorkeeper import Doorkeeper
from server.edge import BodyLimits, HeadLikeGet
from server.engine.embedded import EmbeddedEngine
from server.engine.group_commit import GroupCommit
from server.errors import add_error_handlers
from server.folding import fold_until_stopped
from server.frame_calls import FrameCalls
from server.ingest import BURST_SECONDS, Ingest
from server.keyring import open_keyring
from server.live import Live
from server.metrics import Metrics
from server.mood_reader import read_mood
from server.pace import Pace
from server.readiness import Readiness
from server.reading import open_pipeline, open_threads, start_reader, watch_reader
from server.reading_process import ReadingProcess
from server.reading_start import StartedReader
from server.reports import Reports
from server.request_ids import RequestIds
from server.ringing import RingAfterChanges
from server.routes import (
    analyze,
    comparison,
    courses,
    engagement,
    frames,
    health,
    join,
    markers,
    outline,
    report,
    sessions,
    sources,
    transcript,
    videos,
)
from server.routes.live import router as live_router
from server.schemas import Mood
from server.service import Service
from server.settings import Settings
from server.store.database import Database, check_schema
from server.telemetry import NO_TELEMETRY, Telemetry, add_telemetry
from server.told_moods import MoodQuestion
from server.turnstile import Turnstile
from server.unknown_calls import answer_the_rest
from server.videos.opening import open_recordings
from server.watching import Watch
from server.wire import session_of_stored

API_VERSION = "1"

_DESCRIPTION = """
Roomtone shows a teacher the **visible mood** of an online class: visible expressions, not
feelings, attention or understanding. Not for grading, attendance, discipline or appraisal.

1. The teacher starts a session and gets a join code (`POST /api/v1/sessions`).
2. A source joins with the code and gets a token (`POST /api/v1/join`).
3. The source sends frames (`POST /api/v1/sessions/{id}/frames`), each with its own rising number.
4. The teacher reads the mood (`GET /api/v1/sessions/{id}/mood`).

Every error is `application/problem+json` whose `detail` says what to do.
"""

_log = structlog.get_logger()


def create_app(
    settings: Settings,
    *,
    pipeline: FramePipeline | None = None,
    started: StartedReader | None = None,
    clock: Callable[[], float] = time.time,
) -> FastAPI:
    """Put a server together. The database must have been migrated.

    `pipeline` is opened as the settings say unless one is given; `started` is to read frames.

    Raises `UnusableNetwork`, `FinderMissing`, `DataFolderUnusable`, `DatabaseUnavailable`,
    `DatabaseNotMigrated`, `DatabaseTooNew` or `TelemetryMissing`; each says what to do.
    """
    readers = start_reader(settings, started) if pipeline is None else None  # opens them meanwhile
    try:
        service = build_service(settings, pipeline or open_pipeline(settings), clock, readers)
    except Exception as error:
        if readers is not None:
            readers.close(error)
        raise
    app = FastAPIOffline(  # its /docs asks no other host for anything
        title="Roomtone",
        version=API_VERSION,
        description=_DESCRIPTION,
        lifespan=_lifespan,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
    )
    app.state.service = service
    app.state.closers = [service.live.close]
    app.add_middleware(FrameCalls, service=service)
    app.add_middleware(RingAfterChanges, ring=service.live.ring, forget=service.ingest.known.forget)
    app.add_middleware(BodyLimits)
    app.add_middleware(HeadLikeGet)
    app.add_middleware(KeepLedger, metrics=service.metrics)
    app.state.telemetry = add_telemetry(app, settings, service.metrics.stages)
    log_all = settings.log_requests == "all"
    app.add_middleware(RequestIds, metrics=service.metrics, log_all=log_all)
    if app.state.telemetry is None and not log_all:  # these tell of each request, refused or not
        app.state.turn_away = Turnstile(service).turn_away
    add_error_handlers(app)
    app.include_router(live_router)
    for routes in (
        sessions,
        courses,
        comparison,
        markers,
        outline,
        transcript,
        report,
        engagement,
        join,
        sources,
        frames,
        analyze,
        videos,
        health,
    ):
        app.include_router(routes.router)
    answer_the_rest(app)
    return app


def build_service(
    settings: Settings,
    pipeline: FramePipeline,
    clock: Callable[[], float],
    readers: ReadingProcess | None = None,
) -> Service:
    """Open everything else a server needs; see `create_app` for the errors.

    readers: the process that reads frames; else threads of this one do.
    """
    keyring = open_keyring(settings)
    check_schema(settings.resolved_database_url)
    database = Database(settings.resolved_database_url)
    metrics = Metrics()
    reads = readers or open_threads(settings, pipeline)
    if readers is not None:
        watch_reader(readers, metrics)
    engine = EmbeddedEngine(
        reads, GroupCommit(database, metrics), metrics, queue_limit=settings.queue_limit
    )
    per_second = settings.source_frames_per_second
    pace = Pace(per_second, max(BURST_SECONDS * per_second, 1))
    readiness = Readiness(database, pipeline.network_version, engine)
    live = _open_live(settings, database, pipeline.estimators, clock)
    reports = Reports(database, pipeline.estimators, lambda: datetime.fromtimestamp(clock(), UTC))
    return Service(
        settings=settings,
        keyring=keyring,
        database=database,
        doorkeeper=Doorkeeper(database),
        analyst=Analyst(pipeline.thorough()),
        ingest=Ingest(database, engine, pipeline.network_version, pace, clock),
        metrics=metrics,
        readiness=readiness,
        estimators=pipeline.estimators,
        live=live,
        reports=reports,
        recordings=open_recordings(
            settings,
            pipeline,
            database,
            metrics,
            secret=keyring.signing_key,
            clock=clock,
            is_busy=lambda: engine.under_way > 0,
            on_change=live.ring,
            reports=reports,
        ),
        watch=Watch(metrics, database, readiness, clock),
        clock=clock,
    )


def _open_live(
    settings: Settings, database: Database, estimators: Estimators, clock: Callable[[], float]
) -> Live:
    def read(question: MoodQuestion) -> Mood:
        with database.reading() as db:
            return read_mood(
                db,
                question.session_id,
                now=clock(),
                bucket_seconds=question.bucket_seconds,
                since=question.since,
                tell=lambda stored: session_of_stored(stored, settings.resolved_public_url),
                estimators=estimators,
            )

    return Live(read)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    telemetry: Telemetry | None = app.state.telemetry
    stop = asyncio.Event()
    try:
        await service.ingest.engine.open()
    except Exception:
        await service.ingest.engine.close()
        raise
    service.reports.make_missing()
    service.recordings.start()
    folding = asyncio.create_task(
        fold_until_stopped(service.database, service.clock, stop, service.watch.note_folding)
    )
    try:
        yield
    finally:
        service.readiness.stopping = True
        try:
            service.live.close()
            service.analyst.close()
            await asyncio.to_thread(service.recordings.close)
            await service.ingest.engine.close()
            stop.set()
            await folding
        finally:
            service.live.stop_reading()
            await asyncio.to_thread(service.reports.close)
            await asyncio.to_thread(service.database.close)
            if telemetry is not None:
                await asyncio.to_thread(telemetry.close)
        _log.info("stopped; every answered frame is in the database")
