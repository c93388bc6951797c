"""Evaluations on disk: JSON out and in, written whole or not at all."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from model.emotions import LABEL_SETS, LabelSet

NEEDED = {
    "accuracy", "dataset", "intervals", "labels", "ms_per_face", "n", "network", "network_bytes",
    "network_sha256", "network_version",
}  # fmt: skip
"""Fields by which an evaluation is told from other JSON."""


class UnusableEvaluation(Exception):
    """An evaluation's JSON that can't be used; the message says why and what to do."""


class CannotWrite(Exception):
    """A file that can't be written; the message says which and why."""


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that a crash or a full disk leaves the old one. Raises `CannotWrite`."""
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise CannotWrite(f"{path} can't be written: {error.strerror or error}.") from None


def check_writable(*paths: Path | None) -> None:
    """Refuse, before any long work, files whose folder is not there. Raises `CannotWrite`."""
    for path in paths:
        if path is not None and not path.resolve().parent.is_dir():
            raise CannotWrite(f"There is no folder “{path.resolve().parent}” to write {path} to.")
        if path is not None and path.is_dir():
            raise CannotWrite(f"{path} is a folder; give the name of a file in it.")


def hash_file(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def dump_json(told: dict[str, Any]) -> str:
    """Write JSON whose rows of numbers stand on a line each, so that eyes can read it as well."""
    text = json.dumps(told, ensure_ascii=False, indent=1)
    return re.sub(r"\[[\d.,\s-]+\]", lambda row: " ".join(row[0].split()), text) + "\n"


def read_evaluation(path: Path) -> dict[str, Any]:
    """Read what `roomtone evaluate --json` wrote. Raises `UnusableEvaluation`."""
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UnusableEvaluation(
            f"{path} can't be read as an evaluation ({error}). "
            "Make one with `roomtone evaluate DIR --json FILE`."
        ) from None
    missing = NEEDED - set(told if isinstance(told, dict) else ())
    if missing:
        raise UnusableEvaluation(
            f"{path} lacks {', '.join(sorted(missing))}: it is no evaluation, or one of an older "
            "Roomtone. Make it again with `roomtone evaluate DIR --json FILE`."
        )
    if told["accuracy"] is None:
        raise UnusableEvaluation(f"{path} is an evaluation of no face at all.")
    return dict(told)


def read_beside(network: Path) -> dict[LabelSet, dict[str, Any]]:
    """Read the evaluations that lie beside a network, `evaluation_crowd.json` and so on.

    They must be of this very file. Raises `UnusableEvaluation`.
    """
    found: dict[LabelSet, dict[str, Any]] = {}
    for labels in LABEL_SETS:
        path = network.with_name(f"evaluation_{labels}.json")
        if not path.exists():
            continue
        found[labels] = read_evaluation(path)
        if found[labels]["network_sha256"] != hash_file(network):
            raise UnusableEvaluation(
                f"{path} is of another network than {network}. Measure it again: "
                f"`roomtone evaluate fer2013.zip --network {network} --labels {labels} "
                f"--robustness --flip --json {path}`."
            )
        if found[labels]["labels"] != labels:
            raise UnusableEvaluation(f"{path} is by the “{found[labels]['labels']}” labels.")
    if not found:
        raise UnusableEvaluation(
            f"There is no evaluation beside {network}. Make one: `roomtone evaluate fer2013.zip "
            f"--network {network} --robustness --flip --json "
            f"{network.with_name('evaluation_crowd.json')}`."
        )
    return found
