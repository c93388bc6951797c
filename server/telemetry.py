"""Spans for OpenTelemetry: one for each request, with a child for each stage of a frame.

Off unless `ROOMTONE_TELEMETRY_ENDPOINT` names a collector; then nothing of this costs anything and
OpenTelemetry, which is the extra `telemetry`, is not imported. A span tells what a log line may:
request id, method, route, status and what became of it; never an address, a session, a source, a
picture, or what a face showed. Whoever calls can't name the trace, for a name could tell something.
"""

import threading
import time
from contextvars import ContextVar
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from model.mistakes import Mistake
from server.bookkeeping import Entry, entry_of
from server.metrics import Stages
from server.request_ids import describe_request
from server.schemas import Outcome
from server.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

PATH: Final = "/v1/traces"
CLOSE_SECONDS: Final = 3.0
NO_TELEMETRY: Final = dict.fromkeys(
    ("tracing", "metrics", "logs", "operation_spans", "auto_configure"), False
)
"""What FastAPI is told of its own: it tells paths and queries, with join codes and tokens in them,
to whatever the environment names, and logs what was wrong in a body."""
_NANOSECONDS: Final = 1e9


class TelemetryMissing(Mistake):
    """Spans are wanted, and what sends them is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "ROOMTONE_TELEMETRY_ENDPOINT is set, but OpenTelemetry is not installed here. "
            "Install Roomtone with the extra “telemetry” (pip install '.[telemetry]'), or take the "
            "setting out."
        )


class _Stages:
    """What one request's reading said of its stages, and when it was done (`perf_counter`)."""

    __slots__ = ("done_at", "seconds")

    def __init__(self) -> None:
        self.done_at, self.seconds = 0.0, dict[str, float]()


_current: ContextVar[_Stages | None] = ContextVar("stages", default=None)


def note_stages(seconds: dict[str, float]) -> None:
    """Note the stages of the reading that the current request waited for, just done."""
    if (stages := _current.get()) is not None:
        stages.done_at, stages.seconds = time.perf_counter(), seconds


class Telemetry:
    """Sends spans to a collector, in the background. Close it at the end."""

    def __init__(self, provider: "TracerProvider") -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("roomtone")

    def begin(self, began_ns: int) -> "Span":
        """Begin a request's span, in a trace of its own. began_ns: Unix nanoseconds."""
        from opentelemetry.context import Context  # noqa: PLC0415 - only where it is installed
        from opentelemetry.trace import SpanKind  # noqa: PLC0415

        return self._tracer.start_span(
            "request", Context(), SpanKind.SERVER, start_time=began_ns, record_exception=False
        )

    def add_stage(self, parent: "Span", name: str, began_ns: int, ended_ns: int) -> None:
        """Add one stage below a request's span."""
        from opentelemetry.trace import set_span_in_context  # noqa: PLC0415

        around = set_span_in_context(parent)
        self._tracer.start_span(name, around, start_time=began_ns).end(ended_ns)

    def close(self) -> None:
        """Send what is left, where the collector takes it soon; else the process ends without."""
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)


def add_telemetry(app: Starlette, settings: Settings, stages: Stages) -> Telemetry | None:
    """Make the app's requests spans, if the settings ask for it. Raises `TelemetryMissing`."""
    telemetry = open_telemetry(settings)
    if telemetry is not None:
        stages.listener = note_stages
        app.add_middleware(TraceRequests, telemetry=telemetry)
    return telemetry


def open_telemetry(settings: Settings) -> Telemetry | None:
    """Return what sends spans; None unless the settings ask for it. Raises `TelemetryMissing`."""
    if settings.telemetry_endpoint is None:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        raise TelemetryMissing from None
    address = settings.telemetry_endpoint.rstrip("/")
    exporter = OTLPSpanExporter(
        address if address.endswith(PATH) else address + PATH, timeout=CLOSE_SECONDS
    )
    resource = Resource.create({"service.name": "roomtone", "service.version": version("roomtone")})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Telemetry(provider)


class TraceRequests:
    """An ASGI layer that makes each request a span, inside `RequestIds` and around the ledger."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app, self._telemetry = app, telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and tell of it when it is over."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        clock = _Clock()
        span, stages, status = self._telemetry.begin(clock.began_ns), _Stages(), 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        token = _current.set(stages)
        try:
            await self._app(scope, receive, watch)
        except Exception:
            status = status or HTTPStatus.INTERNAL_SERVER_ERROR
            raise
        finally:
            _current.reset(token)
            ended = time.perf_counter()
            if span.is_recording():
                _describe(span, scope, status)
                self._add_stages(span, scope, stages, clock, ended)
            span.end(clock.nanoseconds(ended))

    def _add_stages(
        self, span: "Span", scope: Scope, read: _Stages, clock: "_Clock", ended: float
    ) -> None:
        if (entry := entry_of(scope)) is None:
            return
        span.set_attribute("roomtone.kind", str(entry.sent))
        span.set_attribute("roomtone.verdict", str(entry.verdict))
        for name, began, until in stages_of(entry, read.seconds, read.done_at, ended):
            times = clock.nanoseconds(began), clock.nanoseconds(until)
            self._telemetry.add_stage(span, name, *times)


def _describe(span: "Span", scope: Scope, status: int) -> None:
    """Tell of a request what a log line may tell."""
    from opentelemetry.trace import StatusCode  # noqa: PLC0415 - only where it is installed

    told = describe_request(scope)
    span.update_name(f"{told['method']} {told['route']}")
    span.set_attribute("http.request.method", told["method"])
    span.set_attribute("http.route", told["route"])
    span.set_attribute("roomtone.request_id", told["request_id"])
    if status:
        span.set_attribute("http.response.status_code", int(status))
    if not status or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        span.set_status(StatusCode.ERROR)


def stages_of(
    entry: Entry, read: dict[str, float], read_at: float, ended: float
) -> list[tuple[str, float, float]]:
    """Return the stages of what was sent, as name, begin and end in `perf_counter` seconds.

    read: seconds of each stage of the reading, in order, which was done at `read_at`; empty where
    nothing was read. `commit` is here with the wait for the thread that commits.
    """
    if not entry.here_at:
        return []
    stages = [
        ("welcome", entry.came_at, entry.asked_at),
        ("receive", entry.asked_at, entry.here_at),
    ]
    at = entry.here_at
    if read:
        began = max(at, read_at - sum(read.values()))
        stages.append(("queue", at, began))
        for name, spent in read.items():
            stages.append((name, began, began + spent))
            began += spent
        at = read_at
    if entry.verdict is Outcome.COUNTED:
        stages += [("commit", at, entry.judged_at), ("answer", entry.judged_at, ended)]
    return stages


class _Clock:
    """Unix nanoseconds of moments that `perf_counter` tells."""

    def __init__(self) -> None:
        self.began_ns, self._began = time.time_ns(), time.perf_counter()

    def nanoseconds(self, moment: float) -> int:
        return self.began_ns + round((moment - self._began) * _NANOSECONDS)
