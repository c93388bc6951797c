"""What a report's file is called."""

import re

import pytest

from server.publishing import MEDIA_TYPES, file_name
from server.schemas import ReportFormat
from tests.report_samples import SAMPLES, make_report, with_session


def test_a_file_is_called_by_day_and_title():
    report = make_report(5, 12)
    assert file_name(report, ReportFormat.PDF) == "roomtone-2026-03-02-biology-9b-3rd-lesson.pdf"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Übung: Größe & Maß", "uebung-groesse-mass"),
        ("生物", "856346686a065467ec029f16"),
        ('a"; filename=../../x\r\nSet-Cookie: y', "a-filename-x-set-cookie-y"),
    ],
)
def test_a_name_is_safe_in_a_header_and_on_a_disk(title, name):
    report = with_session(make_report(5, 12), title=title)
    assert file_name(report, ReportFormat.CSV) == f"roomtone-2026-03-02-{name}.csv"


@pytest.mark.parametrize("form", ReportFormat)
def test_every_sample_has_a_short_plain_name(form):
    for make in SAMPLES.values():
        name = file_name(make(), form)
        assert re.fullmatch(r"[a-z0-9-]+\.[a-z]+", name)
        assert len(name) <= 100
        assert name.endswith(f".{form}")
    assert form in MEDIA_TYPES


def test_a_simulated_lesson_says_so_in_its_name():
    assert "simulated" in file_name(SAMPLES["simulated"](), ReportFormat.HTML)
