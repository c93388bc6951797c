"""The documents of this project, for the tests that hold them to the program."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("model/**/*.md")])
FENCE = re.compile(r"^```(\w*) ?(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
"""A block of code: its kind, the schema it shows (`json Session`), what is in it."""

each_document = pytest.mark.parametrize("path", DOCS, ids=lambda path: str(path.relative_to(ROOT)))


@cache
def read(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")
