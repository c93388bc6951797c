"""The documents say what the program does: commands, settings, links, decisions."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import SecretStr

import roomtone
from server.settings import Settings
from tests.documents import FENCE, ROOT, each_document, read

COMMANDS = {
    name: roomtone.load_command(name) if name in roomtone.COMMANDS else command
    for name, command in typer.main.get_command(roomtone.app).commands.items()
}


# Commands and settings


def sections(text: str) -> dict[str, str]:
    """Split a page at its second-level headings."""
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(text: str) -> dict[str, list[str]]:
    """Return a table's rows by each name in the first column."""
    table: dict[str, list[str]] = {}
    for line in text.splitlines():
        first, *others = [cell.strip() for cell in line.strip("|").split("|")]
        for name in re.findall(r"`([^`]+)`", first) if line.startswith("| `") else []:
            table[name] = others
    return table


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_with_its_options_and_their_defaults(name):
    section = sections(read("commands.md"))[f"roomtone {name}"]
    documented = rows(section)
    options = [p for p in COMMANDS[name].params if p.param_type_name == "option"]
    known = {
        flag for o in options for flag in (*o.opts, *o.secondary_opts) if flag.startswith("--")
    }
    assert documented.keys() == known - {"--help"}
    for option in options:
        default = option.default
        if isinstance(default, int | float | str) and not isinstance(default, bool):
            told = documented[option.opts[0]][0].strip("`")
            assert told == str(default) or float(told) == float(default), option.name


def test_no_command_is_documented_that_is_not_there():
    headings = [h for h in sections(read("commands.md")) if h.startswith("roomtone ")]
    assert {h.removeprefix("roomtone ") for h in headings} == set(COMMANDS)


def documented_default(field: Any) -> str:
    if field.default is None:
        return "automatic"
    assert not isinstance(field.default, SecretStr)
    return f"`{field.default}`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name):
    default, meaning, when = rows(read("settings.md"))[f"ROOMTONE_{name.upper()}"]
    assert default == documented_default(Settings.model_fields[name])
    assert len(meaning) > 10
    assert when


@each_document
def test_no_setting_is_named_that_is_not_there(path):
    settings = {f"ROOMTONE_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"ROOMTONE_[A-Z]+(?:_[A-Z]+)*", path.read_text("utf-8")))
    assert named <= settings | {"ROOMTONE_BENCH_DATA"}


@pytest.mark.training
def test_every_training_option_is_documented_with_its_default():
    checkpoint = pytest.importorskip("model.training.checkpoint", reason="needs torch")
    table = rows(read("training.md"))
    options = dict(vars(checkpoint.TrainingConfig()))
    del options["teachers"]  # the arguments of `roomtone distill`
    for name, default in options.items():
        told = table["--" + name.replace("_", "-")][0].strip("`")
        if isinstance(default, bool) or default in (None, ""):
            assert told in {"on", "off", "none", "required"}, name
        else:
            assert told == str(default), name


# Links, make targets, and what no document may say


def slug(heading: str) -> str:
    """Return a heading's anchor, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(path: Path) -> set[str]:
    prose = FENCE.sub("", path.read_text("utf-8"))
    return {slug(h) for h in re.findall(r"^#+ (.+)$", prose, re.MULTILINE)}


@each_document
def test_every_relative_link_leads_somewhere(path):
    prose = FENCE.sub("", path.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        leads_to = (path.parent / file).resolve() if file else path
        assert leads_to.exists(), target
        if anchor and leads_to.suffix == ".md":
            assert anchor in anchors(leads_to), target


@each_document
def test_every_make_command_is_in_the_makefile(path):
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    text = path.read_text("utf-8")
    named = re.findall(r"`make ([a-z]+)", text) + re.findall(r"^make ([a-z]+)", text, re.MULTILINE)
    assert set(named) <= set(targets)


@each_document
def test_every_module_that_is_run_is_there(path):
    for module in re.findall(r"python -m ([a-z_.]+)", path.read_text("utf-8")):
        if module.split(".")[0] in {"model", "tests", "server", "client", "dashboard", "bench"}:
            file = ROOT / module.replace(".", "/")
            assert file.with_suffix(".py").exists() or (file / "__main__.py").exists(), module


@each_document
def test_every_source_file_that_is_named_is_there(path):
    prose = FENCE.sub("", path.read_text("utf-8"))
    roots = "model|server|dashboard|client|bench|tests|alembic"
    for name in re.findall(rf"`((?:{roots})/[\w./-]+)`", prose):
        if name != "model/finders/name.py":  # the file the reader is asked to write
            assert (ROOT / name).exists(), name


MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:home|root|Users|work|mnt)/\w")
REGISTRY = re.compile(r"pypi\.|pythonhosted|registry\.|npmjs|download\.pytorch|ghcr\.|docker\.io")


@each_document
def test_no_document_names_a_machine_path_or_a_package_registry(path):
    text = path.read_text("utf-8")
    assert not MACHINE_PATH.findall(text)
    assert not REGISTRY.findall(text)


def test_every_decision_has_its_five_headings():
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    for number, path in enumerate(records, start=1):
        text = path.read_text("utf-8")
        assert path.name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number}. "), path.name
        headings = ["Status", "Context", "Decision", "Consequences", "Alternatives"]
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == headings, path.name
