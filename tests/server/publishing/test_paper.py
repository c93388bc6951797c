"""The report on paper: two to four sheets, whatever there is to tell."""

import re
from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

import pypdfium2
import pytest

from server.publishing import write_report
from server.publishing.paper.fonts import spell_out
from server.publishing.paper.lines import break_lines
from server.publishing.paper.shaping import order_for_drawing
from server.schemas import ReportFormat
from tests.report_samples import SAMPLES, at, in_many_scripts, make_report, simulated, statement


def open_pdf(report, zone=None):
    return pypdfium2.PdfDocument(write_report(report, ReportFormat.PDF, zone))


def text_of(document):
    pages = [page.get_textpage().get_text_range() for page in document]
    return re.sub(r"\s+", " ", " ".join(pages))


def much_of_everything():
    """Return a report with more of everything than four sheets hold."""
    report = make_report(120)
    segments = [
        report.segments[n % 7].model_copy(update={"title": f"Segment {n} " + "long title " * 12})
        for n in range(200)
    ]
    change, note = report.changes[0], report.notes[0]
    return report.model_copy(update={
        "segments": segments,
        "changes": [change.model_copy(update={"at": at(40 * n), "near": "a slide " * 20})
                    for n in range(150)],
        "notes": [note.model_copy(update={"label": "A long note. " * 150}) for _ in range(60)],
        "gaps": [report.gaps[0]] * 80,
        "statements": [statement("changes", "changed", "Surprise went up, and so on. " * 8)
                       for _ in range(60)],
    })  # fmt: skip


@pytest.mark.parametrize("make", [*SAMPLES.values(), much_of_everything])
def test_it_has_two_to_four_sheets_of_a4_with_their_numbers(make):
    document = open_pdf(make())
    assert 2 <= len(document) <= 4
    for number, page in enumerate(document, start=1):
        assert [round(side) for side in page.get_size()] == [595, 842]
        assert f"{number} of {len(document)}" in page.get_textpage().get_text_range()


@pytest.mark.parametrize("make", [*SAMPLES.values(), much_of_everything])
def test_what_the_numbers_do_not_mean_is_always_on_it(make):
    text = text_of(open_pdf(make()))
    assert "not feelings, attention or understanding." in text
    assert "Not for grading, attendance, discipline or appraisal." in text


def test_a_sheet_for_a_few_last_lines_is_spared():
    report = make_report(40, 12)
    report = report.model_copy(update={
        "gaps": [], "markers": [], "changes": report.changes[:1], "notes": report.notes * 4,
    })  # fmt: skip
    assert len(open_pdf(report)) == 2


def test_it_says_of_what_it_is():
    about = open_pdf(make_report(20, 12)).get_metadata_dict()
    assert about["Title"] == "Report: Biology 9b, 3rd lesson"
    assert about["Author"] == "Roomtone"


def test_times_are_on_the_clock_of_the_zone_that_is_named():
    text = text_of(open_pdf(make_report(60, 24), ZoneInfo("Asia/Kathmandu")))
    assert "15:00 to 16:00" in text
    assert "UTC+5:45" in text
    west = text_of(open_pdf(make_report(60, 24), timezone(-timedelta(hours=3))))
    assert "06:15 to 07:15" in west


def test_a_moment_in_a_sentence_is_on_the_same_clock():
    said = statement("changes", "changed", "At 09:42 surprise went up.", at="2026-03-02T09:42:00Z")
    report = make_report(60, 24).model_copy(update={"statements": [said]})
    assert "At 10:42 surprise" in text_of(open_pdf(report, ZoneInfo("Europe/Berlin")))


def test_a_simulated_lesson_says_so_on_every_sheet():
    for page in open_pdf(simulated()):
        assert "SIMULATED" in page.get_textpage().get_text_range()


def test_the_same_report_gives_the_same_bytes():
    once = write_report(make_report(20, 12), ReportFormat.PDF, ZoneInfo("UTC"))
    assert once == write_report(make_report(20, 12), ReportFormat.PDF, ZoneInfo("UTC"))


def test_letters_that_no_font_has_are_named_and_the_paper_says_so():
    text = text_of(open_pdf(in_many_scripts()))
    assert "[Devanagari]" in text
    assert "Signs that this file has no letters for are named in brackets." in text
    assert "letters are those of your PDF reader" in text
    plain = text_of(open_pdf(make_report(20, 12)))
    assert "in brackets." not in plain
    assert "PDF reader" not in plain


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("Ärger · Όσμωση · Урок", "Ärger · Όσμωση · Урок"),
        ("a 🎉🎉 b", "a [party popper] b"),
        ("हिन्दी में", "[Devanagari] "),
        ("渗透", "渗透"),
        ("tab\tand\u200bzero\x00", "tab andzero"),
    ],
)
def test_what_can_be_drawn_is_drawn_and_the_rest_is_named(text, spelled):
    assert spell_out(text) == spelled


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("plain (3)", "plain (3)"),
        ("שלום", "םולש"),
        ("Slide: שלום (3)", "Slide: (3) םולש"),
        ("שלום לכיתה 9", "9 התיכל םולש"),
        ("בוקר (יום 2)", "(2 םוי) רקוב"),
        ("لا", "\ufefb"),
        ("سلام", "\ufee1\ufefc\ufeb3"),
        ("درس", "\ufeb1\ufead\ufea9"),
        ("مقدمة", "\ufe94\ufee3\ufeaa\ufed8\ufee3"),
    ],
)
def test_right_to_left_is_drawn_from_the_right_and_arabic_is_joined(text, drawn):
    assert order_for_drawing(text) == drawn


def test_lines_fit_their_width_whatever_the_word():
    lines = break_lines("A" * 300 + " and more words", 100, 9, most=3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
