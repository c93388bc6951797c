"""The report as a page: one file that asks for nothing, whatever stands in it."""

import base64
import hashlib
import re

import pytest

from server.languages import speaking
from server.publishing import write_report
from server.report.words import word_report
from server.schemas import ReportFormat
from tests.catalogues import find_english
from tests.report_samples import (
    SAMPLES,
    in_many_scripts,
    make_report,
    never_enough,
    self_report_only,
    simulated,
    statement,
)


def write_page(report):
    return write_report(report, ReportFormat.HTML).decode()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_policy_allows_the_one_style_and_the_one_script_and_nothing_else(name):
    page = write_page(SAMPLES[name]())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page).group(1)
    assert policy.startswith("default-src 'none'; ")
    for element in ("style", "script"):
        (source,) = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_in_it_is_fetched_from_anywhere(name):
    page = write_page(SAMPLES[name]())
    markup = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    assert not re.findall(r'\b(?:src|href|action|data)="(?!#)[^"]*"', markup)
    assert not re.search(r" (?:style|on\w+)=", markup)
    assert not re.search(r"url\((?!#)|@import|//[a-z]+\.", page.replace("url(#p-", ""))


def test_a_teachers_words_are_never_markup():
    page = write_page(in_many_scripts())
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert page.count("</script>") == 2


def test_its_parts_come_in_the_order_of_a_teachers_questions():
    page = write_page(make_report(60, 24))
    parts = [
        "The lesson looked mostly neutral", "Surprise went up", "More sad expressions",
        "38 of 40 students", "Most students who answered follow", 'id="chart"',
        '<table class="segments"', '<table class="changes"', '<dl class="notes"',
        "What these numbers do not mean", '<table class="series"',
    ]  # fmt: skip
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


def test_a_lesson_of_never_enough_draws_no_curve_and_says_so():
    page = write_page(never_enough())
    assert 'class="curve' not in page
    assert 'id="river-' not in page
    assert "Not enough faces to say" in page
    assert '<table class="whole"' not in page


def test_a_lesson_without_cameras_shows_what_students_said_only():
    page = write_page(self_report_only())
    assert 'class="river"' not in page
    assert "Students visible" not in page
    assert 'id="answer-lost"' in page


def test_a_gap_is_left_out_of_every_curve():
    page = write_page(make_report(60, 24))
    for name in ("river-happy", "curve-happy"):
        (path,) = re.findall(rf'<clipPath id="{name}"[^>]*><path d="([^"]+)"', page)
        assert path.count("M") == path.count("Z") == 2  # before the gap, and after it
    (lines,) = re.findall(r'curve-happy">.*?class="line" d="([^"]+)"', page)
    assert lines.count("M") == 2


def test_a_simulated_lesson_says_so_on_top_and_on_every_printed_sheet():
    page = write_page(simulated())
    assert page.index('class="simulated"') < page.index("<h1>")
    assert re.search(r"@page \{ @top-left \{ content: .*Invented readings", page)
    assert "Invented readings" not in write_page(make_report(10, 12))


@pytest.mark.parametrize("name", SAMPLES)
def test_it_never_speaks_of_attention_or_understanding_but_to_deny_it(name):
    page = write_page(SAMPLES[name]()).lower()
    denied = "visible expressions, not feelings, attention or understanding."
    assert denied in page
    assert not re.search(r"attenti|understand", page.replace(denied, ""))


def test_a_moment_in_a_sentence_is_a_time_that_the_script_can_put_in_its_readers_zone():
    report = make_report(60, 24)
    said = statement("changes", "changed", "At 09:42 surprise went up.", at="2026-03-02T09:42:00Z")
    page = write_page(report.model_copy(update={"statements": [said]}))
    assert 'At <time datetime="2026-03-02T09:42:00.000Z" data-form="hm">09:42</time> surpr' in page


@pytest.mark.parametrize("name", SAMPLES)
def test_it_is_written_in_the_language_spoken(name):
    report = SAMPLES[name]()
    known = [s for s in report.statements if s.section == "limits"]  # the others are samples' own
    with speaking("de"):
        page = write_page(word_report(report.model_copy(update={"statements": known})))
    assert '<html lang="de">' in page
    assert "Was diese Zahlen nicht bedeuten" in page
    assert "März" in page
    assert set(find_english(page, "de")) <= {report.session.title}
