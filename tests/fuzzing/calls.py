"""`python -m tests.fuzzing.calls`: invented requests for every operation of the OpenAPI document.

Schemathesis makes them, three times: without a token, with the teacher's and with a source's. Half
of the ids in them are real ones, so that calls meet lessons, recordings and reports. Then the
server must be alive, must have answered nothing with 5xx, and its books must balance.
"""

import argparse
import copy
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.fuzzing.processes import read_books
from tests.fuzzing.school import School, furnish
from tests.fuzzing.verdict import leave
from tests.servers import TOKEN, RunningServer, running_server

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance"
)
_ENDING = re.compile(r"/(end|leave|cancel)$")
_HTTP_METHODS = ("get", "post", "put", "patch", "delete")


def name_known(document: dict[str, Any], school: School) -> dict[str, Any]:
    """Return the document with what is known as choices for its parameters."""
    document = copy.deepcopy(document)
    for path, methods in document["paths"].items():
        for method in _HTTP_METHODS:
            for parameter in methods.get(method, {}).get("parameters", []):
                ends = method == "delete" or _ENDING.search(path)
                known = dict(school.known)
                if ends and path.count("{") == 1:
                    known |= school.spare
                _name_choices(parameter, known.get(parameter["name"], []))
                if path.endswith("/live") and parameter["name"] == "session_id":
                    # A stream ends with its session, and schemathesis would wait for that.
                    parameter["schema"] = {"enum": [*school.over, "nope"]}
    return document


def _name_choices(parameter: dict[str, Any], known: list[str]) -> None:
    schema = parameter["schema"]
    if not known:
        return
    kind = schema.get("type")
    if kind == "integer":
        choices: dict[str, Any] = {"enum": [int(one) for one in known]}
    elif kind == "array":
        choices = {"type": "array", "items": {"enum": known}, "maxItems": 4}
    else:
        choices = {"enum": known}
    plain = {name: part for name, part in schema.items() if name not in ("title", "examples")}
    parameter["schema"] = {"anyOf": [choices, plain]}
    parameter.pop("examples", None)


def invent_calls(
    server: RunningServer, school: School, folder: Path, options: list[str]
) -> Iterator[tuple[str, int, str]]:
    """Yield, for each caller: who, schemathesis's exit code, what it printed."""
    document = name_known(server.teacher.get("/openapi.json").json(), school)
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    # The source comes last: it may leave.
    for who, token in (("nobody", ""), ("the teacher", TOKEN), ("a source", school.source_token)):
        run = [sys.executable, "-m", "schemathesis.cli", "run", str(path), "--url", server.url]
        if token:
            run += ["-H", f"Authorization: Bearer {token}"]
        run += ["--checks", CHECKS, "--request-timeout", "30", "--no-shrink", *options]
        done = subprocess.run(run, capture_output=True, text=True, check=False, cwd=folder)
        yield who, done.returncode, done.stdout


def find_faults(server: RunningServer) -> list[str]:
    """Return what does not hold once all calls are made, in words."""
    if server.process.poll() is not None:
        return ["the process has ended"]
    metrics = server.teacher.get("/metrics").text
    failed = re.findall(r'roomtone_requests_total\{.*status="5\d\d".*\} \S+', metrics)
    faults = [f"5xx: {line}" for line in failed]
    for kind in ("frame", "reading", "self_report"):
        books = read_books(metrics, kind)
        settled = sum(books[name] for name in ("counted", "duplicate", "refused"))
        if books["received"] != settled + books["open"]:
            faults.append(f"the books of {kind}s do not balance")
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=3, help="for each of the three callers")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    options = ["--max-time", str(round(60 * given.minutes)), "--seed", str(given.seed)]
    console, faults = Console(highlight=False), []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            (folder / "log").open("w") as log,
            running_server(folder / "data", log=log, ROOMTONE_DASHBOARD="off") as server,
        ):
            school = furnish(server.teacher, folder)
            for who, code, printed in invent_calls(server, school, folder, options):
                console.rule(f"as {who}")
                console.print(printed[-6000:], markup=False)
                faults += [f"as {who}: see above"] if code else []
            faults += find_faults(server)
        if faults:
            console.print((folder / "log").read_text()[-6000:], markup=False)
    leave(faults)


if __name__ == "__main__":
    main()
