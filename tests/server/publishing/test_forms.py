"""All forms of a report: each is there, and none costs a server that does not write it."""

import subprocess
import sys

import pytest

from server.languages import LANGUAGES, speaking
from server.publishing import write_report
from server.publishing.tables import segments_table
from server.schemas import Report, ReportFormat
from tests.report_samples import make_report

LIBRARIES = ("reportlab", "pyarrow", "matplotlib")


def test_json_is_the_report():
    report = make_report(20, 24)
    assert Report.model_validate_json(write_report(report, ReportFormat.JSON)) == report


@pytest.mark.parametrize("form", ReportFormat)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_is_written_in_every_language(form, language):
    with speaking(language):
        assert len(write_report(make_report(10, 12), form)) > 1000


def test_a_server_that_starts_imports_no_library_of_a_form():
    asked = "import sys, server.app; print(*(n for n in sys.argv[1:] if n in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", asked, *LIBRARIES], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_what_came_before_the_first_marker_is_named_by_it():
    report = make_report(20, 24)
    first = report.segments[0].model_copy(update={"title": "", "kind": "marker"})
    report = report.model_copy(update={"segments": [first, *report.segments[1:]]})
    assert [row[3] for row in segments_table(report).rows][:2] == [
        "Before “Cell membranes”",
        "Slide: Cell membranes",
    ]
