"""CSV and Parquet: one tidy table with everything a report tells."""

import csv
from io import BytesIO, StringIO

import pyarrow as pa
import pytest
from pyarrow import parquet

from server.publishing import write_report
from server.publishing.tidy_table import COLUMNS
from server.schemas import ReportFormat
from tests.report_samples import SAMPLES, in_many_scripts, make_report


def read_csv(report):
    written = write_report(report, ReportFormat.CSV).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(written, newline="")))


def read_parquet(report):
    return parquet.read_table(BytesIO(write_report(report, ReportFormat.PARQUET)))


def numbers_of(report, table):
    """Return every number of a table of the CSV file by the row's number and what it is of."""
    return {
        (int(row["number"]), row["what"]): (row["value"], row["low"], row["high"])
        for row in read_csv(report)
        if row["table"] == table
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_csv_and_parquet_have_the_same_columns_and_rows(name):
    report = SAMPLES[name]()
    spreadsheet, table = read_csv(report), read_parquet(report)
    assert tuple(table.column_names) == COLUMNS == tuple(spreadsheet[0])
    assert table.num_rows == len(spreadsheet)
    for ours, row in zip(table.to_pylist(), spreadsheet, strict=True):
        for column in ("value", "low", "high", "begins_s", "seconds", "near_s", "before_s"):
            assert (float(row[column]) if row[column] else None) == ours[column]
        for column in ("table", "what", "kind", "words", "near"):
            assert (row[column] or None) in {ours[column], f"'{ours[column]}"}


def test_every_stretch_stands_there_with_all_its_shares_and_intervals():
    report = make_report(20, 24)
    told = numbers_of(report, "series")
    for number, stretch in enumerate(report.series, start=1):
        assert float(told[number, "visible"][0]) == stretch.visible
        for emotion, share in (stretch.shares or {}).items():
            assert tuple(map(float, told[number, str(emotion)])) == (
                share.share,
                share.low,
                share.high,
            )


def test_what_is_not_told_has_no_row():
    report = make_report(20, 24)
    gap = next(n for n, s in enumerate(report.series, start=1) if s.shares is None)
    told = numbers_of(report, "series")
    assert (gap, "visible") in told
    assert (gap, "happy") not in told


def test_parquet_knows_moments_numbers_and_yes_or_no():
    table = read_parquet(make_report(20, 24))
    assert table.schema.field("at").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("value").type == pa.float64()
    assert table.schema.field("enough").type == pa.bool_()
    change = next(row for row in table.to_pylist() if row["table"] == "change")
    assert change["at"] == make_report(20, 24).changes[0].at
    assert change["beyond_noise"] is True


def test_a_teachers_words_are_never_a_formula():
    for row in read_csv(in_many_scripts()) + read_csv(make_report()):
        for column in ("words", "near", "what"):
            assert not row[column].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    words = [row["words"] for row in read_csv(make_report()) if row["table"] == "marker"]
    assert "'=Experiment 2" in words


def test_a_negative_number_stays_a_number():
    rows = [r for r in read_csv(make_report()) if r["table"] == "change" and r["number"] == "2"]
    assert float(rows[0]["value"]) == -0.15


def test_excel_is_told_that_it_is_utf_8():
    assert write_report(make_report(5, 12), ReportFormat.CSV).startswith(b"\xef\xbb\xbftable,")
