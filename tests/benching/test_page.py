"""The page of a run: it needs nothing else, and says what the JSON says."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from bench.chart import Axis, Bar, draw_bars, make_axis, make_log_axis
from bench.figures import Run
from bench.page import write_page
from tests.benching.sample import latency, sample_run, step


def texts(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", page))


class Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def outline(page: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Outline()
    parser.feed(page)
    return parser.tags


def test_it_loads_nothing_runs_nothing_and_forbids_both():
    tags = outline(write_page(sample_run()))
    assert not [tag for tag, _ in tags if tag in {"script", "link", "img", "iframe", "object"}]
    assert not [a for _, attrs in tags for a in attrs if a in {"src", "href", "style", "onclick"}]
    policy = next(a["content"] for _, a in tags if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "url(" not in write_page(sample_run())


def test_its_style_is_the_one_that_its_policy_allows_and_knows_light_and_dark():
    page = write_page(sample_run())
    assert page.count("<style>") == 1
    assert "prefers-color-scheme: dark" in page


def test_every_chart_has_a_name_and_a_table_as_its_twin():
    page = write_page(sample_run())
    charts = [attrs for tag, attrs in outline(page) if tag == "svg"]
    assert len(charts) == 4
    assert all(attrs["role"] == "img" and len(attrs["aria-label"] or "") > 20 for attrs in charts)
    assert len(re.findall(r"</figure>\s*<details><summary>As a table</summary><div", page)) == 4


@pytest.mark.parametrize("number", ["9.9", "4.6", "201", "77.7", "0.71 ms a face", "0.999", "93 %"])
def test_its_numbers_are_those_of_the_run(number):
    run = sample_run()
    shown = texts(write_page(run))
    told = {"77.7": "78"}.get(number, number)  # no digit after the point above 20
    assert told in shown
    again = Run.model_validate_json(run.model_dump_json())
    assert write_page(again) == write_page(run)


def test_other_numbers_make_another_page():
    run = sample_run()
    service = run.service.model_copy(update={"capacity": step(1.0), "start_s": 44.4})
    assert "44.4 s" in texts(write_page(run.model_copy(update={"service": service})))
    assert "44.4 s" not in texts(write_page(run))


def test_words_of_the_machine_are_words_and_no_markup():
    page = write_page(sample_run())
    assert "A <chip>" not in page
    assert "A &lt;chip&gt;" in page
    assert "<code>roomtone bench &lt;&amp;&gt;</code>" in page


def test_a_step_without_any_answer_leaves_a_gap():
    run = sample_run()
    silent = step(2.0, accepted=0).model_copy(
        update={"accepted_latency": latency(1).model_copy(update=dict.fromkeys(NONE))}
    )
    ladder = [step(0.5), silent]
    service = run.service.model_copy(update={"ladder": ladder})
    assert "–" in texts(write_page(run.model_copy(update={"service": service})))


NONE = ("p50_ms", "p95_ms", "p99_ms", "most_ms")


def test_a_run_without_any_answer_is_a_page_too():
    run = sample_run()
    silent = latency(1).model_copy(update=dict.fromkeys(NONE))
    ladder = [one.model_copy(update={"accepted_latency": silent}) for one in run.service.ladder]
    service = run.service.model_copy(update={"ladder": ladder})
    write_page(run.model_copy(update={"service": service}))


@pytest.mark.parametrize("high", [0.003, 1, 7, 60, 99.9, 100, 734, 12_000])
def test_axes_have_few_round_ticks_and_end_beyond_all_values(high):
    axis = make_axis("x", high)
    assert axis.high >= high
    assert 2 <= len(axis.ticks) <= 7
    assert axis.place(0) == 0
    assert axis.place(axis.high) == 1


@pytest.mark.parametrize(("low", "high"), [(3, 80), (10, 10), (0.4, 5000), (21, 44)])
def test_log_axes_hold_all_values_between_their_ends(low, high):
    axis = make_log_axis("y", low, high)
    assert axis.low <= low <= high <= axis.high
    assert axis.low < axis.high
    assert 0 <= axis.place(low) <= axis.place(high) <= 1


def test_parts_of_a_bar_are_as_long_as_they_take():
    drawn = draw_bars(
        "spoken", [Bar("one", [("a", 10), ("b", 30)], "40 ms", 20)],
        Axis("ms", 0, 100, [(0, "0"), (100, "100")]),
    )  # fmt: skip
    widths = [float(w) for w in re.findall(r'<rect class="part[^>]* width="([\d.]+)"', drawn)]
    assert widths[1] == pytest.approx(3 * widths[0], abs=0.5)
    assert "a: 10.00 ms" in drawn
