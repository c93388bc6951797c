"""`python -m tests.watched --prometheus PROGRAM`: docs/watching with a real Prometheus, 4 minutes.

A server on a PostgreSQL of its own, with a class, a rehearsal and a recording. Every expression of
the dashboard and of the rules is asked for; then there is far too much, the database goes
away, and the server dies: the alerts that belong to it must fire, and the others must not.
"""

import argparse
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.servers import free_port, running_server
from tests.torture.stores import PostgresStore
from tests.watched.class_under_load import Class, upload_recording
from tests.watched.expressions import board_expressions, read_rules, write_quick_rules
from tests.watched.prometheus import Prometheus

STUDENTS, PAUSE, HASTE = 40, 4.0, 0.05
"""Ten frames a second, and then as many as they can."""

ONLY_THEN = {"Frames refused, by reason: {{reason}}", "Requests failed: {{status}} {{route}}"}
ONLY_THEN |= {"Self-reports and invented readings: {{kind}} {{reason}}"}
"""Panels that show something only when something is refused or fails."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.watched", description=__doc__)
    parser.add_argument("--prometheus", default=shutil.which("prometheus"))
    given = parser.parse_args()
    if not given.prometheus:
        raise SystemExit("There is no prometheus here; --prometheus PROGRAM says where it is.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing is left behind
    with tempfile.TemporaryDirectory(prefix="roomtone-watched-") as folder:
        faults = try_all(given.prometheus, Path(folder))
    for fault in faults:
        say(f"WRONG: {fault}")
    say("wrong: " + str(len(faults)))
    sys.exit(1 if faults else 0)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def try_all(program: str, folder: Path) -> list[str]:
    """Go through everything; return what was not as it should be."""
    store, port = PostgresStore(folder), free_port()
    rules = write_quick_rules(folder / "quick.yml")
    faults: list[str] = []
    try:
        with (
            Prometheus(program, folder / "prometheus", f"127.0.0.1:{port}", rules) as prometheus,
            running_server(folder / "data", port=port, ROOMTONE_DATABASE_URL=store.url) as server,
        ):
            students = Class(server, STUDENTS, PAUSE)
            students.begin()
            try:
                upload_recording(server, folder)
                faults += try_quiet(prometheus)
                students.pause = HASTE
                expected = {"RoomtoneFramesRefused", "RoomtoneQueueFull"}
                faults += wait_for(prometheus, expected, "far too much", seconds=60)
                students.pause = PAUSE
                faults += wait_until_quiet(prometheus, "after it", seconds=60)
                store.stop()
                expected = {"RoomtoneDatabaseUnavailable", "RoomtoneNotReady"}
                expected |= {"RoomtoneFoldingLate", "RoomtoneFramesRefused"}
                faults += wait_for(prometheus, expected, "the database away", seconds=90)
                faults += try_panels(prometheus, ONLY_THEN)
                store.start()
                faults += wait_until_quiet(prometheus, "the database back", seconds=60)
            finally:
                students.end()
            server.process.kill()
            faults += wait_for(prometheus, {"RoomtoneDown"}, "the server dead", seconds=30)
    finally:
        store.close()
    return faults


def try_quiet(prometheus: Prometheus) -> list[str]:
    """Ask for everything while nothing is wrong."""
    time.sleep(15)
    named = set(board_expressions()) - ONLY_THEN
    faults = try_panels(prometheus, named)
    for group in read_rules()["groups"]:
        for rule in group["rules"]:
            prometheus.ask(rule["expr"])
    faults += [f"{name}: {why}" for name, why in prometheus.broken_rules().items()]
    faults += [f"{name} fires in a quiet lesson" for name in prometheus.firing()]
    say(f"quiet: {len(named)} expressions of the dashboard asked, all rules evaluated")
    return faults


def try_panels(prometheus: Prometheus, named: set[str]) -> list[str]:
    """Ask for these panels' expressions; return those without a figure."""
    faults = []
    for name, expression in board_expressions().items():
        if name in named:
            told = [one["value"][1] for one in prometheus.ask(expression)]
            say(f"  {name} = {', '.join(told[:6])}")
            if not told or all(figure == "NaN" for figure in told):
                faults.append(f"the panel “{name}” shows nothing: {expression}")
    return faults


def wait_for(prometheus: Prometheus, wanted: set[str], what: str, *, seconds: float) -> list[str]:
    """Wait until these alerts have fired."""
    began, seen = time.monotonic(), dict[str, float]()
    while time.monotonic() < began + seconds and not wanted <= seen.keys():
        for name in prometheus.firing() - seen.keys():
            seen[name] = time.monotonic() - began
        time.sleep(1)
    told = ", ".join(f"{name} after {at:.0f} s" for name, at in seen.items())
    say(f"{what}: {told or 'nothing fires'}")
    return [f"{name} did not fire: {what}" for name in sorted(wanted - seen.keys())]


def wait_until_quiet(prometheus: Prometheus, what: str, *, seconds: float) -> list[str]:
    """Wait until no alert fires any more."""
    began = time.monotonic()
    while prometheus.firing() and time.monotonic() < began + seconds:
        time.sleep(1)
    still = prometheus.firing()
    say(f"{what}: {'not quiet' if still else 'quiet'} after {time.monotonic() - began:.0f} s")
    return [f"{name} still fires: {what}" for name in still]


if __name__ == "__main__":
    main()
