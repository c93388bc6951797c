"""One server process under load: what it takes, how fast it answers, what too much does to it."""

from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

from bench.extent import OVERLOAD, Extent
from bench.figures import Books, LoadStep, Overload, ServiceFigures
from bench.frames import BenchFrame
from bench.generating import GeneratorProcess, Told
from bench.plan import STUDENT_SECONDS, Order, count_sources
from bench.progress import Course, Tick
from bench.serving import ServerProcess, count_in_database, running_server

LEAST_UNDER_WAY, MOST_UNDER_WAY, UNDER_WAY_S = 8, 32, 0.1
"""Under way at once while the capacity is measured: what is taken in a tenth of a second. It keeps
every core and the shared commits busy, and is less than the queue lets wait."""
RECOVERY_SHARE: Final = 0.2

START, JOIN, CAPACITY = "start a server", "students join", "capacity"
LADDER, STUDENTS, OVERLOADED = "offered load", "400 students", "overload"
START_S, JOIN_S = 4.0, 4.0


class NothingAccepted(Exception):
    """The server refuses everything; there is nothing to measure."""


def plan_parts(extent: Extent) -> dict[str, float]:
    """Return the parts of the measurement and their seconds."""
    return {
        START: START_S,
        JOIN: JOIN_S,
        CAPACITY: extent.warm_s + extent.capacity_s,
        LADDER: len(extent.ladder) * (extent.step_s + 0.3),
        STUDENTS: _warm_students_s(extent) + extent.students_s,
        OVERLOADED: extent.overload_s + extent.recovery_s,
    }


def _warm_students_s(extent: Extent) -> float:
    """Return how long students send before it counts: two frames each, so that none is a first."""
    return min(2 * STUDENT_SECONDS, extent.students_s)


@dataclass
class Account:
    """What was answered to all loads of a run, for the books."""

    counted: int = 0
    duplicate: int = 0
    refused: int = 0
    unknown: int = 0

    def note(self, step: LoadStep) -> None:
        """Add one load."""
        self.counted += step.accepted
        self.duplicate += step.duplicate
        self.refused += step.busy + sum(step.refused.values())
        self.unknown += step.errors


class Service:
    """A server and the load generator beside it."""

    def __init__(self, server: ServerProcess, generator: GeneratorProcess, extent: Extent) -> None:
        self.server, self._generator, self._extent = server, generator, extent
        self.account = Account()

    def load(self, order: Order, tick: Tick) -> Told:
        """Carry one order out, with what the server's process took for it."""
        before = self.server.processor_s()
        told = self._generator.run(order, tick)
        after = self.server.processor_s()
        self.account.note(told.step)
        if before is None or after is None:
            return told
        cores = (after - before) / (order.seconds + told.drained_s)
        step = told.step.model_copy(update={"server_cores": cores})
        return told.model_copy(update={"step": step})

    def measure_capacity(self, tick: Tick) -> LoadStep:
        """Send as fast as frames are taken, after a warm-up that says about how fast that is."""
        under_way = LEAST_UNDER_WAY
        for seconds in (self._extent.warm_s, self._extent.capacity_s):
            order = Order(kind="closed", seconds=seconds, sources=under_way)
            step = self.load(order, tick).step
            taken = round(step.accepted_per_second * UNDER_WAY_S)
            under_way = min(max(taken, LEAST_UNDER_WAY), MOST_UNDER_WAY)
        return step

    def offer(self, rate: float, seconds: float, tick: Tick, *, sources: int | None = None) -> Told:
        """Send so many frames a second by plan, whatever is answered."""
        sources = sources or count_sources(rate, self._extent.students)
        return self.load(Order(kind="open", seconds=seconds, sources=sources, rate=rate), tick)

    def overload(self, capacity: float, tick: Tick) -> Overload:
        """Send several times too much for a while, then little, and see when that goes well."""
        before = self.server.memory_mb()
        extent = self._extent
        told = self.offer(OVERLOAD * capacity, extent.overload_s, tick, sources=extent.students)
        after = self.offer(RECOVERY_SHARE * capacity, extent.recovery_s, tick)
        step = share(told.step, capacity)
        return Overload(
            times=OVERLOAD,
            step=step,
            goodput_share=step.accepted_per_second / capacity,
            memory_before_mb=before,
            memory_after_mb=self.server.memory_mb(),
            recovery_s=told.drained_s + after.trouble_s,
            recovery_step=share(after.step, capacity),
        )


def share(step: LoadStep, capacity: float) -> LoadStep:
    """Return the step with its offered load as a share of the capacity."""
    return step.model_copy(update={"share_of_capacity": step.offered / capacity})


def measure_service(
    folder: Path, frame: BenchFrame, extent: Extent, course: Course, *, port: int | None = None
) -> ServiceFigures:
    """Measure one server process; its data and the frames lie in `folder`.

    Raises `PortTaken`, `ServerNotStarted` and `GeneratorLost`.
    """
    data = folder / "server"
    data.mkdir(mode=0o700)
    with ExitStack() as stack:
        with course.part(START) as tick:
            server = stack.enter_context(running_server(data, port=port, tick=tick))
        frames = _write_frames(folder, frame)
        with course.part(JOIN) as tick:
            session = server.start_session()
            addresses = []
            for _ in range(extent.students):
                addresses.append(server.join(session))
                tick()
        with closing(GeneratorProcess(addresses, frames, folder)) as generator:
            service = Service(server, generator, extent)
            figures = _measure(service, frame, extent, course)
        metrics = server.read_metrics()
    books = settle(service.account, metrics, count_in_database(data))
    return ServiceFigures(books=books, **figures)


def _measure(
    service: Service, frame: BenchFrame, extent: Extent, course: Course
) -> dict[str, object]:
    with course.part(CAPACITY) as tick:
        closed = service.measure_capacity(tick)
        capacity = closed.accepted_per_second
    if not capacity:
        raise NothingAccepted(f"The server took no frame at all: {closed.refused or 'no answer'}.")
    first, first_frames = service.server.memory_mb(), service.account.counted
    with course.part(LADDER) as tick:
        ladder = [
            share(service.offer(part * capacity, extent.step_s, tick).step, capacity)
            for part in extent.ladder
        ]
    with course.part(STUDENTS) as tick:
        for seconds in (_warm_students_s(extent), extent.students_s):
            students = service.offer(extent.students_rate, seconds, tick, sources=extent.students)
    with course.part(OVERLOADED) as tick:
        overload = service.overload(capacity, tick)
    return {
        "frame": frame.name,
        "frame_bytes": len(frame.data),
        "start_s": service.server.start_s,
        "capacity": share(closed, capacity),
        "ladder": ladder,
        "students": share(students.step, capacity),
        "overload": overload,
        "memory_first_mb": first,
        "memory_first_frames": first_frames,
        "memory_last_mb": service.server.memory_mb(),
        "memory_frames_between": service.account.counted - first_frames,
    }


def settle(account: Account, metrics: str, database: int) -> Books:
    """Compare what was answered with the ledger, the commits and the database."""
    told: dict[str, int] = {}
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            if sample.labels.get("kind") == "frame":
                told[sample.name] = told.get(sample.name, 0) + int(sample.value)
    ledger, refused = told["roomtone_counted_total"], told.get("roomtone_refused_total", 0)
    loose = account.unknown + account.duplicate  # a duplicate's first answer may have been lost
    agree = (
        ledger == told["roomtone_committed_total"] == database
        and account.counted <= ledger <= account.counted + loose
        and account.refused <= refused <= account.refused + account.unknown
        and told["roomtone_open"] == 0
    )
    return Books(
        answered=account.counted,
        unknown=account.unknown,
        ledger=ledger,
        committed=told["roomtone_committed_total"],
        database=database,
        refused_by_answers=account.refused,
        refused_by_ledger=refused,
        left_open=told["roomtone_open"],
        agree=agree,
    )


def _write_frames(folder: Path, frame: BenchFrame) -> list[Path]:
    paths = []
    for turn, data in enumerate(frame.stream()):
        paths.append(folder / f"frame-{turn}.jpg")
        paths[-1].write_bytes(data)
    return paths
