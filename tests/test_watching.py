"""docs/watching: dashboard and alert rules speak of metrics, labels and values that there are."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from model.pipeline import FramePipeline
from server.app import create_app
from server.settings import read_settings
from tests.documents import ROOT, read

FOLDER = ROOT / "docs" / "watching"
NAME = re.compile(r"\b(?:roomtone|process)_[a-z_]+\b")
SELECTOR = re.compile(r"((?:roomtone|process)_[a-z_]+){([^}]*)}")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
OF_PROMETHEUS = {"instance", "job"}
ASKED_FOR = {
    "refused": "RoomtoneFramesRefused",
    "slow": "RoomtoneSlow",
    "queue": "RoomtoneQueueFull",
    "database": "RoomtoneDatabaseUnavailable",
    "folding": "RoomtoneFoldingLate",
    "memory": "RoomtoneMemoryGrows",
    "ready": "RoomtoneNotReady",
    "ledger": "RoomtoneLedgerOutOfBalance",
}


@pytest.fixture(scope="module")
def exported(tmp_path_factory, migrated_sqlite_file) -> dict[str, list[dict[str, str]]]:
    """The labels of each sample that a server tells before anything has happened."""
    app = create_app(
        read_settings(
            data_dir=tmp_path_factory.mktemp("watched"),
            database_url=f"sqlite:///{migrated_sqlite_file}",
        ),
        pipeline=FramePipeline.load(),
    )
    service = app.state.service
    # Those whose labels come with use; tests/server/test_metrics.py sees them used.
    service.metrics.requests.labels("GET", "/healthz", "200")
    service.metrics.requests.labels("GET", "/readyz", "503")
    service.metrics.videos.labels("done")
    samples: dict[str, list[dict[str, str]]] = {}
    for family in text_string_to_metric_families(service.metrics.render().decode()):
        for sample in family.samples:
            samples.setdefault(sample.name, []).append(sample.labels)
    service.database.close()
    return samples


def board() -> dict[str, Any]:
    return json.loads((FOLDER / "grafana.json").read_text("utf-8"))


def rules() -> list[dict[str, Any]]:
    told = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))
    return [rule for group in told["groups"] for rule in group["rules"]]


def expressions() -> Iterator[str]:
    for panel in board()["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    yield from (rule["expr"] for rule in rules())


EXPRESSIONS = sorted(set(expressions()))


@pytest.mark.parametrize("told", EXPRESSIONS)
def test_every_metric_that_is_asked_for_is_exported(told, exported):
    names = set(NAME.findall(told))
    assert names or told.startswith("up{")
    assert names <= exported.keys()


@pytest.mark.parametrize("told", EXPRESSIONS)
def test_every_label_and_value_that_is_asked_for_is_there(told, exported):
    for name, matchers in SELECTOR.findall(told):
        for label, sign, wanted in MATCHER.findall(matchers):
            if label in OF_PROMETHEUS:
                continue
            values = {labels[label] for labels in exported[name]}
            found = re.compile(wanted).fullmatch if "~" in sign else wanted.__eq__
            parts = wanted.split("|") if "~" in sign else [wanted]
            assert any(map(found, values)), (name, label, wanted)
            assert all(any(map(re.compile(p).fullmatch, values)) for p in parts), parts
    for grouped in re.findall(r"by \(([^)]*)\)", told):
        for label in re.split(r",\s*", grouped):
            known = {key for labels in exported.values() for one in labels for key in one}
            assert label in known | OF_PROMETHEUS, label


@pytest.mark.parametrize("told", EXPRESSIONS)
def test_brackets_and_quotes_are_closed(told):
    bare = re.sub(r'"[^"]*"', "", told)
    for opening, closing in ("()", "[]", "{}"):
        assert bare.count(opening) == bare.count(closing)
    assert told.count('"') % 2 == 0


def test_every_number_of_the_program_is_on_the_dashboard_or_in_a_rule(exported):
    asked = {re.sub(r"_(bucket|sum|count)$", "", n) for e in EXPRESSIONS for n in NAME.findall(e)}
    told = {
        re.sub(r"_(bucket|sum|count|created)$", "", name)
        for name in exported
        if name.startswith("roomtone_")
    }
    told = {name for name in told if f"{name}_total" not in exported}
    assert told <= asked


def test_panels_do_not_overlap_and_have_ids_of_their_own():
    panels = board()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells


@pytest.mark.parametrize("what", ASKED_FOR)
def test_there_is_a_rule_for_what_can_go_wrong(what):
    assert ASKED_FOR[what] in {rule["alert"] for rule in rules()}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_every_rule_says_how_bad_it_is_and_is_explained(rule):
    assert rule["labels"]["severity"] in ("warning", "critical")
    assert rule["annotations"]["summary"].endswith(".")
    assert f"`{rule['alert']}`" in read("watching.md")


def test_every_metric_is_explained(exported):
    page = read("watching.md")
    for name in exported:
        told = re.sub(r"_(bucket|sum|count)$", "", name)
        if told.startswith("roomtone_") and not told.endswith("_created"):
            assert f"`{told}" in page, told
