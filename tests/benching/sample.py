"""An invented run, and a server that answers as it is told to."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

from bench.connection import Address
from bench.figures import (
    Books,
    FacesCost,
    FacesPoint,
    FrameCost,
    Latency,
    Limit,
    LoadStep,
    Machine,
    Overload,
    Run,
    ServiceFigures,
    StageTimes,
)


def latency(p50: float) -> Latency:
    return Latency(p50_ms=p50, p95_ms=2 * p50, p99_ms=3 * p50, most_ms=4 * p50)


def step(share: float, *, accepted: int = 1000, busy: int = 0, p50: float = 21.5) -> LoadStep:
    return LoadStep(
        offered=200 * share,
        seconds=5,
        sources=400,
        planned=accepted + busy,
        accepted=accepted,
        duplicate=0,
        busy=busy,
        skipped=0,
        refused={},
        errors=0,
        accepted_per_second=min(share, 1) * 201.25,
        accepted_latency=latency(p50),
        busy_latency=latency(3),
        busy_without_retry_after=0,
        fewest_of_a_source=2,
        most_of_a_source=3,
        fairness=0.987,
        late_ms=1.5,
        generator_cores=0.11,
        server_cores=1.7,
        share_of_capacity=share,
    )


def stages(total: float) -> StageTimes:
    names = ("decode", "find", "pose", "crop", "classify", "store")
    each = {name: total / len(names) for name in names}
    return StageTimes(stages_ms=each, total_ms=total, bare_ms=total / 1.1, ratio=1.1)


def sample_run(**changes: object) -> Run:
    run = Run(
        command="roomtone bench <&>",
        made_at="2026-03-02T10:15:00+00:00",
        seconds=123,
        roomtone="0.1.0",
        network="2.1",
        machine=Machine(processor="A <chip>", cores=2, system="Linux x86_64", python="3.11.7"),
        frames="made frames",
        stages=[
            FrameCost(
                name="made 640x360", width=640, height=360, faces=1, steady_faces=1,
                first=stages(9.87), steady=stages(4.56),
            )
        ],
        classifier_face_ms=0.61,
        faces=FacesCost(
            width=1920, height=1080, fixed_ms=60.5, face_ms=0.71, r2=0.9987,
            points=[
                FacesPoint(placed=0, found=0, total_ms=60.1),
                FacesPoint(placed=100, found=99, total_ms=131.4),
            ],
        ),
        limit=Limit(bare_ms=3.5, frames_per_second=571.4, side_by_side=412.3),
        service=ServiceFigures(
            frame="made 640x360",
            frame_bytes=21_663,
            start_s=2.5,
            capacity=step(1.0),
            ladder=[step(0.5), step(1.0, p50=33.25), step(4.0, busy=3000, p50=77.7)],
            students=step(1.0),
            overload=Overload(
                times=4, step=step(4.0, busy=3000), goodput_share=0.93, memory_before_mb=300.5,
                memory_after_mb=None, recovery_s=0.4, recovery_step=step(0.2),
            ),
            memory_first_mb=290.5,
            memory_first_frames=1000,
            memory_last_mb=299.75,
            memory_frames_between=12_345,
            books=Books(
                answered=7000, unknown=0, ledger=7000, committed=7000, database=7000,
                refused_by_answers=6000, refused_by_ledger=6000, left_open=0, agree=True,
            ),
        ),
    )  # fmt: skip
    return run.model_copy(update=changes)


Answering = Callable[[dict[str, str], bytes], Awaitable[bytes | None]]
"""Headers in small letters and the body in, the answer's bytes out; None: close without one."""


def answer(status: int, body: bytes = b"{}", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


COUNTED = b'{"outcome":"counted","seq":1}'


@asynccontextmanager
async def fake_server(answering: Answering):
    """Serve on a free port, as whatever answers; yields its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                fields = dict(line.lower().split(": ", 1) for line in head[1:] if line)
                body = await reader.readexactly(int(fields["content-length"]))
                told = await answering({**fields, "request": head[0]}, body)
                if told is None:
                    break
                writer.write(told)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield [Address("127.0.0.1", port, "/frames", f"token-{n}") for n in range(5)]
    finally:
        server.close()
