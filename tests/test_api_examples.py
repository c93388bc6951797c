"""The examples of the API: those of the documents, and those in OpenAPI.

`docs/api.md` is run: its `sh` blocks go to a real server, and each `json` block names the schema
that the example and the real answer have to fit.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from server import schemas as wire
from tests.contract import answers, openapi_document, operations
from tests.documents import FENCE, each_document, read
from tests.pictures import astronaut, gallery, jpeg
from tests.recordings import film_gallery
from tests.servers import TOKEN, running_server


def curls(text: str) -> list[tuple[str, str]]:
    """Return method and path of every curl command against $SERVER."""
    found = []
    for command in re.split(r"(?=\bcurl )", text.replace("\\\n", " ")):
        address = re.match(r"curl .*?\$SERVER([^\s\"']*)", command)
        if address:
            line = command.splitlines()[0]
            told = re.search(r"-X (\w+)", line)
            method = told[1] if told else "POST" if re.search(r" (-d|--data)", line) else "GET"
            found.append((method, address[1].split("?")[0]))
    return found


@each_document
def test_every_curl_example_calls_what_the_api_has(path):
    has = [
        (method, re.compile(re.sub(r"{\w+}", "[^/]+", path) + "$"))
        for method, path, _ in operations()
    ]
    for method, address in curls(path.read_text("utf-8")):
        assert any(method == m and pattern.match(address) for m, pattern in has), (method, address)


def test_every_call_of_the_api_has_an_example():
    called = curls(read("api.md"))
    for method, path, _ in operations():
        pattern = re.compile(re.sub(r"{\w+}", "[^/]+", path))
        assert any(m == method and pattern.fullmatch(a) for m, a in called), (method, path)


@pytest.mark.parametrize(
    ("name", "example"), [f[1:] for f in FENCE.findall(read("api.md")) if f[1]]
)
def test_every_answer_in_the_documents_fits_its_schema(name, example):
    getattr(wire, name).model_validate_json(example)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_examples_of_the_api_run(tmp_path):
    (tmp_path / "face.jpg").write_bytes(jpeg(astronaut()))
    (tmp_path / "class.jpg").write_bytes(jpeg(gallery(2, 3)))
    film_gallery(tmp_path / "lecture.mp4", seconds=3)
    with running_server(tmp_path / "data", ROOMTONE_READING="threads") as server:
        kept = {**os.environ, "SERVER": server.url, "TOKEN": TOKEN}
        answer = ""
        for kind, name, block in FENCE.findall(read("api.md")):
            if kind == "sh":
                answer = run_block(block, tmp_path, kept)
            elif name:
                told = getattr(wire, name).model_validate_json(answer)
                meant = getattr(wire, name).model_validate_json(block)
                assert getattr(told, "outcome", "") == getattr(meant, "outcome", "")
                assert bool(getattr(told, "faces", 0)) == bool(getattr(meant, "faces", 0))


def run_block(block: str, folder: Path, kept: dict[str, str]) -> str:
    """Run a block of commands as a reader would, and keep what the page says to keep."""
    failing_aloud = 'curl() { command curl --fail-with-body "$@"; }\n'
    done = subprocess.run(
        ["bash", "-euc", failing_aloud + block],
        cwd=folder, env=kept, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    try:
        told = json.loads(done.stdout)
    except ValueError:
        return done.stdout
    if "session_id" in told and "join_code" in told:
        kept |= {"SESSION": told["session_id"], "JOIN_CODE": told["join_code"]}
    if "view_key" in told:
        kept |= {"VIDEO": told["video_id"], "VIEW_KEY": told["view_key"]}
    if "token" in told:
        kept["SOURCE_TOKEN"] = told["token"]
    if "marker_id" in told:
        kept["MARKER"] = told["marker_id"]
    return done.stdout


# Examples in OpenAPI


def example_of(schema: dict[str, Any]) -> Any:
    """Put an example together as /docs does. Raises `KeyError` where one is missing."""
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        return example_of(
            openapi_document()["components"]["schemas"][schema["$ref"].split("/")[-1]]
        )
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0])
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [example_of(schema["items"])]
    return {name: example_of(field) for name, field in schema["properties"].items()}


def bodies() -> list[tuple[str, dict[str, Any]]]:
    """Return the schema of every JSON body, asked or answered, under /api."""
    found = []
    for method, path, operation in operations():
        parts = [operation.get("requestBody", {}), *answers(operation).values()]
        for part in parts if path.startswith("/api/") else []:
            schema = part.get("content", {}).get("application/json", {}).get("schema")
            if schema:
                found.append((f"{method} {path}", schema))
    return found


@pytest.mark.parametrize(("call", "schema"), bodies())
def test_every_body_in_openapi_has_an_example_that_fits(call, schema):
    example = example_of(schema)
    described = schema.get("items") or schema
    name = (described.get("$ref") or described["title"]).rsplit("/", 1)[-1]
    kind = getattr(wire, name)
    TypeAdapter(list[kind] if "items" in schema else kind).validate_json(json.dumps(example))
