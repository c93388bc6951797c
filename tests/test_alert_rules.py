"""Alert rules and dashboard by Prometheus' own tool: they parse, and fire when they should.

`python -m tests.watched` tries both with a real Prometheus and a real server.
"""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.documents import ROOT
from tests.watched.expressions import FOLDER, board_expressions, read_rules, write_quick_rules

CASES = ROOT / "tests" / "alerts.yml"


@pytest.fixture(scope="module")
def promtool():
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not on this machine; Debian's package prometheus has it")

    def run(*arguments: str | Path) -> str:
        told = subprocess.run(
            [program, *map(str, arguments)], capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stdout + told.stderr
        return told.stdout

    return run


def test_the_rules_are_ones_that_prometheus_takes(promtool):
    assert f"SUCCESS: {len(read_rules()['groups'][0]['rules'])} rules" in promtool(
        "check", "rules", FOLDER / "alerts.yml"
    )


def test_rules_made_quicker_for_a_try_are_too(promtool, tmp_path):
    promtool("check", "rules", write_quick_rules(tmp_path / "quick.yml"))


def test_each_rule_fires_when_it_should_and_not_in_a_quiet_lesson(promtool, tmp_path):
    for source in (FOLDER / "alerts.yml", CASES):
        name = "cases.yml" if source == CASES else source.name
        (tmp_path / name).write_text(source.read_text("utf-8"), "utf-8")
    promtool("test", "rules", tmp_path / "cases.yml")


def test_the_dashboard_asks_for_nothing_that_prometheus_does_not_understand(promtool, tmp_path):
    rules = [
        {"record": f"panel:{number}", "expr": expression}
        for number, expression in enumerate(board_expressions().values())
    ]
    path = tmp_path / "panels.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "board", "rules": rules}]}), "utf-8")
    assert f"SUCCESS: {len(rules)} rules" in promtool("check", "rules", path)


def test_every_rule_has_a_case_in_which_it_fires_and_one_in_which_it_does_not():
    cases = yaml.safe_load(CASES.read_text("utf-8"))["tests"]
    tried = [one for case in cases for one in case["alert_rule_test"]]
    names = {rule["alert"] for group in read_rules()["groups"] for rule in group["rules"]}
    assert {one["alertname"] for one in tried if one.get("exp_alerts")} == names
    assert {one["alertname"] for one in tried if not one.get("exp_alerts")} == names
