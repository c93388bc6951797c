"""The OpenAPI document of the real server, made without networks or a database in use."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from server.app import create_app
from server.settings import read_settings
from server.store.database import migrate


class IdleReader:
    """A pipeline that is never asked to read."""

    network_version = "none"
    estimators: dict[str, object] = {}  # noqa: RUF012  never written to

    def thorough(self):
        return self


@cache
def openapi_document() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings(
            data_dir=Path(folder),
            database_url=f"sqlite:///{folder}/roomtone.db",
            teacher_token="unused",
            signing_key="unused",
        )
        migrate(settings.resolved_database_url)
        app = create_app(settings, pipeline=IdleReader())
        document = app.openapi()
        app.state.service.ingest.engine._commits.close()
        app.state.service.database.close()
    return document


def operations():
    """Yield method, path and operation of every call."""
    for path, methods in openapi_document()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def schemas() -> dict[str, Any]:
    return openapi_document()["components"]["schemas"]


def names_reached(part: Any) -> set[str]:
    """Return the names of all schemas that a part of the document leads to."""
    found: set[str] = set()
    waiting = [part]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            name = str(one.get("$ref", "")).rsplit("/", 1)[-1]
            if name and name not in found:
                found.add(name)
                waiting.append(schemas()[name])
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return found


def parts_of(part: Any) -> list[dict[str, Any]]:
    """Return every object within a part of the document, and within all schemas it leads to."""
    found: list[dict[str, Any]] = []
    waiting = [part, *(schemas()[name] for name in names_reached(part))]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            found.append(one)
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else []
    return found


def answers(operation: dict[str, Any]) -> dict[str, Any]:
    """Return the 2xx answers of a call."""
    return {code: told for code, told in operation["responses"].items() if code.startswith("2")}
