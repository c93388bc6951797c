"""The same numbers stand in JSON, HTML, PDF, CSV and Parquet.

Each file is read back as its reader sees it: the page's tables by an HTML parser, the PDF by the
text that PDFium extracts, the table by csv and pyarrow.
"""

import json
import re

import pytest

from model.palette import TOP_TO_BOTTOM
from server.publishing import write_report
from server.schemas import ReportFormat
from tests.report_readings import THIN, Tables, numbers_in, read_pdf, rows_of, tidy
from tests.report_samples import make_report, with_many_markers


def percent(share):
    return str(int(share * 100 + 0.5 + 1e-9))


def write_share(share):
    return f"{percent(share.share)} {percent(share.low)}–{percent(share.high)}"


def points(size):
    if percent(abs(size)) == "0" and abs(size) >= 0.0005:
        return f"{'+' if size > 0 else '−'}{abs(size) * 100:.1f}"
    return (
        {True: "+", False: "−"}[size > 0] + percent(abs(size)) if percent(abs(size)) != "0" else "0"
    )


def difference(told):
    return f"{points(told.size)} ({points(told.low)} to {points(told.high)})"


@pytest.fixture(scope="module")
def report():
    return make_report(60, 24, series_s=15)


@pytest.fixture(scope="module")
def page(report):
    return write_report(report, ReportFormat.HTML).decode()


@pytest.fixture(scope="module")
def paper(report):
    return read_pdf(write_report(report, ReportFormat.PDF))


@pytest.mark.parametrize("form", [ReportFormat.CSV, ReportFormat.PARQUET])
def test_every_number_of_the_json_stands_in_the_table(report, form):
    rows = tidy(report, form)
    document = json.loads(write_report(report, ReportFormat.JSON))
    by_row = {(r["table"], r["number"], r["what"]): r for r in rows}
    for table, stretches in (
        ("whole", [document["whole"]]),
        ("series", document["series"]),
        ("segment", document["segments"]),
    ):
        for number, stretch in enumerate(stretches, start=1):
            quantities = {k: stretch[k] for k in ("visible", "present", "coverage", "said")}
            quantities |= (stretch["shares"] or {}) | (stretch["answers"] or {})
            quantities |= {"turned": stretch["turned"], "engagement": stretch["engagement"]}
            for what, told in quantities.items():
                row = by_row.get((table, number, what))
                if told is None:
                    assert row is None
                elif isinstance(told, dict):
                    first = told.get("share", told.get("engagement"))
                    wanted = (first, told["low"], told["high"], stretch["seconds"])
                    assert (row["value"], row["low"], row["high"], row["seconds"]) == wanted
                else:
                    assert row["value"] == told
    for number, change in enumerate(document["changes"], start=1):
        row = by_row["change", number, change["what"]]
        assert row["value"] == change["change"]["size"]
        assert (row["before_s"], row["after_s"]) == (change["before_s"], change["after_s"])
        assert row["near_s"] == change["near_s"]
        for other in change["also"]:
            also = by_row["also_changed", number, other["what"]]
            assert [also[k] for k in ("value", "low", "high")] == [
                other["change"][k] for k in ("size", "low", "high")
            ]
    for number, segment in enumerate(document["segments"], start=1):
        for emotion, told in segment["against_rest"].items():
            row = by_row["segment_against_rest", number, emotion]
            assert [row[k] for k in ("value", "low", "high")] == [
                told[k] for k in ("size", "low", "high")
            ]


@pytest.mark.parametrize("form", [ReportFormat.CSV, ReportFormat.PARQUET])
def test_no_number_of_the_json_is_forgotten(report, form):
    wanted = sorted(numbers_in(json.loads(write_report(report, ReportFormat.JSON))).items())
    told = {v for r in tidy(report, form) for v in r.values() if isinstance(v, int | float)}
    told = {float(value) for value in told}
    derived = ("/ends_s",)  # as the length in `seconds`
    assert [p for p, number in wanted if number not in told and not p.endswith(derived)] == []


def test_the_page_tells_its_script_the_very_numbers(report, page):
    told = json.loads(Tables(page).told)
    assert len(told["series"]) == len(report.series)
    for ours, stretch in zip(told["series"], report.series, strict=True):
        assert ours["visible"] == stretch.visible
        shares = stretch.shares and [
            [s.share, s.low, s.high] for s in (stretch.shares[e] for e in TOP_TO_BOTTOM)
        ]
        assert ours["shares"] == shares


def test_the_pages_tables_have_every_share_and_interval(report, page):
    for row, stretch in zip(rows_of(page, "series"), report.series, strict=True):
        assert row[2:4] == [str(stretch.visible), str(stretch.present)]
        shares = [write_share(stretch.shares[e]) if stretch.shares else "–" for e in TOP_TO_BOTTOM]
        assert row[5:12] == shares
    for row, segment in zip(rows_of(page, "segments"), report.segments, strict=True):
        told = [re.sub(r"^[▲▼]", "", cell) for cell in row[5:]]
        assert told == [write_share(segment.shares[e]) for e in TOP_TO_BOTTOM]
    for row, change in zip(rows_of(page, "changes"), report.changes, strict=True):
        assert row[3] == difference(change.change)
    for row, emotion in zip(rows_of(page, "whole"), TOP_TO_BOTTOM, strict=True):
        share = report.whole.shares[emotion]
        assert row[1:] == [f"{percent(share.share)}{THIN}%", write_share(share).split(" ")[1]]


def test_the_paper_has_the_same_numbers_as_the_page(report, page, paper):
    for row in rows_of(page, "segments"):
        numbers = [re.sub(r"^([▲▼])", r"\1 ", cell) for cell in row[5:]]
        for cell in numbers:
            number, interval = cell.rsplit(" ", 1)
            assert number in paper
            assert interval in paper
        assert f"{row[4]} " in paper
    for row in rows_of(page, "changes"):
        assert row[3] in paper
    for row in rows_of(page, "whole") + rows_of(page, "said"):
        assert f"{row[0]} {row[1].replace(THIN, ' ')} {row[2]}" in paper


def test_every_number_on_paper_is_one_of_the_page(page, paper):
    """Nothing is rounded otherwise there: what stands with an interval stands on the page so."""
    text = Tables(page).tables
    cells = " ".join(cell for rows in text.values() for row in rows for cell in row)
    for interval in re.findall(r"\b\d+–\d+\b", paper):
        assert interval in cells + page


def test_sentences_are_the_same_on_page_and_paper(report, page, paper):
    for statement in report.statements:
        assert statement.text in paper
        assert statement.text in page.replace("&#x27;", "'")


def test_a_table_that_is_cut_on_paper_says_how_many_there_are():
    report = with_many_markers()
    paper = read_pdf(write_report(report, ReportFormat.PDF))
    assert "of 1000" in paper
    assert write_report(report, ReportFormat.HTML).decode().count(">Marker ") >= 1000


@pytest.mark.parametrize("form", [ReportFormat.CSV, ReportFormat.PARQUET])
def test_every_gap_mark_note_slide_and_sentence_has_its_row(report, form):
    def told(table, *columns):
        rows = [row for row in tidy(report, form) if row["table"] == table]
        return [tuple(row[column] for column in columns) for row in rows]

    since = report.session.started_at
    assert told("gap", "begins_s", "seconds", "value") == [
        ((gap.start - since).total_seconds(), gap.seconds, gap.visible) for gap in report.gaps
    ]
    for table, marks in (("marker", report.markers), ("note", report.notes)):
        assert told(table, "begins_s", "kind") == [
            ((mark.at - since).total_seconds(), mark.kind) for mark in marks
        ]
    assert told("outline", "number", "begins_s", "words") == [
        (entry.position, entry.begins_s, entry.title) for entry in report.outline
    ]
    assert told("transcript", "begins_s", "seconds", "words") == [
        (cue.begins_s, cue.ends_s - cue.begins_s, cue.words) for cue in report.transcript
    ]
    assert told("statement", "words") == [(one.text,) for one in report.statements]
    figures = [f for one in report.statements for f in one.figures.values() if f is not None]
    assert [v if v is not None else w for v, w in told("statement_figure", "value", "words")] == [
        float(f) if isinstance(f, int | float) else f for f in figures
    ]
