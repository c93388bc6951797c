"""`python -m tests.fuzzing.pictures`: mutated pictures against a real server, one by one.

Tells what was answered, the processor time of each answer, how memory grew and whether the books
balance; keeps the costliest pictures. Linux only.
"""

import argparse
import http.client
import json
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console

from model.headers import read_header
from tests.fuzzing.kinds import make_kinds
from tests.fuzzing.mutations import Case, make_case
from tests.fuzzing.processes import read_books, read_cpu_seconds, read_taken
from tests.fuzzing.verdict import leave
from tests.servers import TOKEN, RunningServer, running_server

MOST_MS = 100.0
MOST_GROWTH_MB = 50.0
ANALYZE_EVERY = 8
"""Of so many pictures one goes to `POST /api/v1/analyze`, the others are frames."""
ASKED_AGAIN = 20
_CALLS = ("frames", "analyze")


@dataclass(frozen=True)
class Sent:
    """One picture and its answer. cpu_ms: of the whole server process."""

    number: int
    call: str
    kind: str
    way: str
    size: int
    pixels: int
    status: int
    cpu_ms: float


@dataclass
class Outcome:
    """What came of all of them."""

    seed: int
    statuses: dict[str, dict[int, int]] = field(default_factory=dict)
    cpu_ms: dict[str, dict[str, float]] = field(default_factory=dict)
    costliest: list[dict[str, object]] = field(default_factory=list)
    memory_mb: tuple[float, float] = (0, 0)
    alive: bool = False
    books: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


class Sender:
    """Sends pictures on one connection and watches what the process spends on each."""

    def __init__(self, server: RunningServer) -> None:
        self._address, self._pid = server.url.removeprefix("http://"), server.process.pid
        self._line = http.client.HTTPConnection(self._address, timeout=60)
        teacher = server.teacher
        session = teacher.post("/api/v1/sessions", json={"title": "fuzzing"}).json()
        joined = teacher.post("/api/v1/join", json={"join_code": session["join_code"]}).json()
        self._paths = {
            "frames": f"/api/v1/sessions/{session['session_id']}/frames",
            "analyze": "/api/v1/analyze",
        }
        self._tokens = {"frames": joined["token"], "analyze": TOKEN}
        self._seq = 0

    def send(self, case: Case, call: str) -> Sent:
        self._seq += 1
        headers = {
            "Authorization": f"Bearer {self._tokens[call]}",
            "Content-Type": case.media_type,
            "Frame-Seq": str(self._seq),
        }
        before = read_cpu_seconds(self._pid)
        self._line.request("POST", self._paths[call], case.data, headers)
        answer = self._line.getresponse()
        answer.read()
        spent = 1e3 * (read_cpu_seconds(self._pid) - before)
        return Sent(
            case.number,
            call,
            case.kind,
            case.way,
            len(case.data),
            _pixels_of(case.data),
            answer.status,
            spent,
        )


def _pixels_of(data: bytes) -> int:
    try:
        header = read_header(data)
    except ValueError:
        return 0
    return header.width * header.height


def throw_pictures(server: RunningServer, count: int, seed: int, keep: Path | None) -> Outcome:
    """Send `count` pictures, after a warm-up with one of every kind to either call."""
    kinds, sender, outcome = make_kinds(), Sender(server), Outcome(seed)
    for number in range(len(kinds)):
        for call in _CALLS:
            sender.send(make_case(number, seed, kinds), call)
    before = read_taken(server.process.pid).memory_mb
    sent = []
    for number in range(count):
        call = _CALLS[number % ANALYZE_EVERY == 0]
        sent.append(sender.send(make_case(number, seed, kinds), call))
    after = read_taken(server.process.pid).memory_mb
    outcome.memory_mb = (round(before, 1), round(after, 1))
    outcome.alive = server.process.poll() is None
    outcome.books = read_books(server.teacher.get("/metrics").text)
    for call in _CALLS:
        of_call = [one for one in sent if one.call == call]
        outcome.statuses[call] = dict(sorted(Counter(one.status for one in of_call).items()))
        outcome.cpu_ms[call] = _spread([one.cpu_ms for one in of_call])
        costliest = sorted(of_call, key=lambda one: -one.cpu_ms)[:ASKED_AGAIN]
        outcome.costliest += [_ask_again(one, sender, seed, kinds) for one in costliest]
    outcome.faults = find_faults(outcome)
    if keep is not None:
        _keep(outcome, keep, kinds)
    return outcome


def _ask_again(
    first: Sent, sender: Sender, seed: int, kinds: dict[str, bytes]
) -> dict[str, object]:
    """Tell the least of two more times, for what else the process does falls on some picture."""
    case = make_case(first.number, seed, kinds)
    again = min(sender.send(case, first.call).cpu_ms for _ in range(2))
    return {**asdict(first), "cpu_ms": round(min(again, first.cpu_ms), 1)}


def _spread(values: list[float]) -> dict[str, float]:
    values = sorted(values)
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}
    return {
        name: round(values[int(share * (len(values) - 1))], 2) for name, share in shares.items()
    }


def find_faults(outcome: Outcome) -> list[str]:
    """Return what does not hold, in words. `analyze` looks thoroughly, so it has no limit here."""
    faults = []
    if any(status >= 500 for statuses in outcome.statuses.values() for status in statuses):
        faults.append("something was answered 5xx")
    slow = [one for one in outcome.costliest if one["call"] == "frames"]
    if slow and max(float(str(one["cpu_ms"])) for one in slow) > MOST_MS:
        faults.append(f"a frame took over {MOST_MS:g} ms")
    if outcome.memory_mb[1] - outcome.memory_mb[0] > MOST_GROWTH_MB:
        faults.append(f"memory grew by over {MOST_GROWTH_MB:g} MB")
    if not outcome.alive:
        faults.append("the process has ended")
    books = outcome.books
    if books["open"] or books["received"] != sum(
        books[name] for name in ("counted", "duplicate", "refused")
    ):
        faults.append("the books do not balance")
    return faults


def _keep(outcome: Outcome, folder: Path, kinds: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for one in outcome.costliest:
        case = make_case(int(str(one["number"])), outcome.seed, kinds)
        (folder / f"{one['call']}-{case.number}.bin").write_bytes(case.data)
    (folder / "outcome.json").write_text(json.dumps(asdict(outcome), indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("runs/fuzzing"))
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        (Path(folder) / "log").open("w") as log,
        running_server(Path(folder), log=log, ROOMTONE_DASHBOARD="off") as server,
    ):
        outcome = throw_pictures(server, given.count, given.seed, given.keep)
    told = asdict(outcome)
    costliest = told.pop("costliest")
    console = Console(highlight=False)
    console.print_json(data=told)
    for call in _CALLS:
        for one in [one for one in costliest if one["call"] == call][:5]:
            console.print(one)
    leave(outcome.faults)


if __name__ == "__main__":
    main()
