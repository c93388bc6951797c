"""PowerPoint files as outlines: what is read of them, and what made to harm is refused."""

import random
import time
import tracemalloc
import zipfile
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from server.outlines import PPTX, OutlineUnreadable, parse_outline
from tests.server.outlines.decks import deck, parts_by_hand, slide_xml, zipped

START = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)


def parse(data):
    return parse_outline(data, PPTX, START)


def refusal(data):
    with pytest.raises(OutlineUnreadable) as refused:
        parse(data)
    assert str(refused.value).endswith(".")
    return str(refused.value)


def test_the_titles_of_the_slides_come_in_their_order():
    entries = parse(deck("Cells", "Membranes – Überblick", "Osmosis 🧪"))
    assert [(e.position, e.title, e.kind, e.begins_s) for e in entries] == [
        (1, "Cells", "slide", None),
        (2, "Membranes – Überblick", "slide", None),
        (3, "Osmosis 🧪", "slide", None),
    ]


def test_hidden_slides_are_left_out_and_untitled_ones_called_by_their_number():
    entries = parse(deck("One", "Hidden", None, "   ", "Five", hidden={1}))
    assert [(e.position, e.title) for e in entries] == [
        (1, "One"), (2, "Slide 3"), (3, "Slide 4"), (4, "Five"),
    ]  # fmt: skip


def test_a_title_over_several_lines_is_one_line():
    assert parse(deck("Photo\vsynthesis\nand light"))[0].title == "Photo synthesis and light"


def test_a_long_title_is_shortened():
    title = parse(deck("x" * 300))[0].title
    assert title == "x" * 199 + "…"


def test_rehearsed_times_tell_when_each_shown_slide_begins():
    entries = parse(deck("A", "hidden", "B", "C", hidden={1}, stays=[90_000, 5, 30_500, 1000]))
    assert [e.begins_s for e in entries] == [0.0, 90.0, 120.5]


def test_where_one_slide_was_not_rehearsed_no_time_is_told():
    entries = parse(deck("A", "B", "C", stays=[90_000, None, 1000]))
    assert [e.begins_s for e in entries] == [None, None, None]


def test_a_title_that_powerpoint_wraps_and_a_time_that_it_tells_twice_are_read_once():
    """As PowerPoint writes transitions of its newer kind, and titles within a group."""
    transition = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:Choice Requires="p14"><p:transition advTm="4000"/></mc:Choice>'
        '<mc:Fallback><p:transition advTm="4000"/></mc:Fallback></mc:AlternateContent></p:sld>'
    )
    slide = slide_xml("Cells").replace("</p:sld>", transition)
    grouped = slide.replace("<p:sp>", "<p:grpSp><p:sp>").replace("</p:sp>", "</p:sp></p:grpSp>")
    assert [(e.title, e.begins_s) for e in parse(zipped(parts_by_hand(slide, grouped)))] == [
        ("Cells", 0.0),
        ("Cells", 4.0),
    ]


def test_the_strict_form_of_the_format_is_read_too():
    strict = {
        name: part.replace("http://schemas.openxmlformats.org", "http://purl.oclc.org/ooxml")
        for name, part in parts_by_hand(slide_xml("Cells")).items()
    }
    assert [e.title for e in parse(zipped(strict))] == ["Cells"]


def test_slides_that_sections_list_again_are_counted_once():
    parts = parts_by_hand(slide_xml("A"), slide_xml("B"))
    again = '</p:sldIdLst><p:extLst><p14:sldId xmlns:p14="x" id="256"/></p:extLst>'
    listed = parts["ppt/presentation.xml"].replace("</p:sldIdLst>", again)
    data = zipped({**parts, "ppt/presentation.xml": listed})
    assert [e.title for e in parse(data)] == ["A", "B"]


def test_times_beyond_a_day_are_refused():
    assert "24 hours" in refusal(deck("A", "B", stays=[4_000_000_000, 1]))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html><body>Not found</body></html>", "no .pptx"),
        (deck("A")[:10_000], "cut off"),
        (b"PK\x03\x04", "cut off"),
        (zipped({"word/document.xml": "<x/>"}), "holds no presentation"),
        (zipped(parts_by_hand(slide_xml(), main="word/document.xml")), "holds no presentation"),
        (zipped(parts_by_hand()), "no slides"),
        (zipped(parts_by_hand(slide_xml()[:-20])), "slide0.xml can't be read"),
        (zipped({**parts_by_hand(), "_rels/.rels": "no xml"}), "can't be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"P\0o\0w\0e\0r\0" * 99, "old .ppt"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 2,
            "password",
        ),
        (zipped(parts_by_hand(slide_xml()), zipfile.ZIP_BZIP2), "encrypted or packed"),
    ],
)
def test_what_is_no_readable_presentation_is_told(data, words):
    assert words in refusal(data)


def test_a_slide_that_is_missing_is_told():
    parts = parts_by_hand(slide_xml())
    del parts["ppt/slides/slide0.xml"]
    assert "a slide is missing" in refusal(zipped(parts))


def test_entities_are_refused_before_they_grow():
    bomb = '<!DOCTYPE p [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
    )
    assert "can't be read" in refusal(zipped(parts_by_hand(slide_xml("&j;", before=bomb + "]>"))))


@pytest.mark.parametrize("slides", [1, 900], ids=["one large part", "many parts"])
def test_a_file_that_unpacks_to_too_much_is_refused_before_it_does(slides):
    size = 500_000_000 if slides == 1 else 100_000
    parts = parts_by_hand(*[slide_xml()] * slides)
    filled = slide_xml() + " " * size
    data = zipped({name: filled if "/slide0" in name or (slides > 1 and "/slides/" in name)
                   else part for name, part in parts.items()})  # fmt: skip
    assert len(data) < 2_000_000
    tracemalloc.start()
    try:
        assert "unpacks to too much" in refusal(data)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


def test_a_part_that_lies_about_its_size_is_not_unpacked_further():
    data = bytearray(zipped(parts_by_hand(slide_xml() + " " * 20_000_000)))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.rfind(signature, 0, data.rfind(b"slide0.xml" if offset == 22 else b"PK\x05\x06"))
        while data[at + offset : at + offset + 4] != (len(slide_xml()) + 20_000_000).to_bytes(
            4, "little"
        ):
            at = data.rfind(signature, 0, at)
            assert at >= 0
        data[at + offset : at + offset + 4] = (1000).to_bytes(4, "little")
    assert "damaged" in refusal(bytes(data))


def test_a_title_in_a_million_pieces_takes_no_long_time():
    pieces = "a" + "</a:t></a:r><a:r><a:t>a" * 200_000
    started = time.perf_counter()
    (entry,) = parse(zipped(parts_by_hand(slide_xml(pieces))))
    assert len(entry.title) == 200
    assert time.perf_counter() - started < 10


def test_more_slides_than_an_outline_has_are_refused():
    many = zipped(parts_by_hand(*[slide_xml()] * 1001))
    assert "1,001 entries" in refusal(many)


def test_too_many_parts_are_refused_before_they_are_listed():
    assert "20,000 parts" in refusal(deck("A") + b"PK\x01\x02" * 20_001)


def test_a_link_that_leads_out_of_the_file_leads_nowhere():
    parts = parts_by_hand(slide_xml())
    links = parts["ppt/_rels/presentation.xml.rels"]
    parts["ppt/_rels/presentation.xml.rels"] = links.replace(
        "slides/slide0.xml", "../../../../etc/passwd"
    )
    assert "a slide is missing" in refusal(zipped(parts))


def test_hundreds_of_mutilated_files_are_read_or_refused():
    dice = random.Random(4)
    whole = zipped(parts_by_hand(slide_xml("A"), slide_xml("B")))
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(dice.randint(1, 12)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        with suppress(OutlineUnreadable):  # nothing else may come out
            assert len(parse(bytes(damaged))) >= 1
