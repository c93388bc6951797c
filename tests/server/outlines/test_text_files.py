"""WebVTT, CSV and JSON as outlines, good and bad."""

import json
import random
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from server.outlines import OutlineTypeUnknown, OutlineUnreadable, parse_outline
from server.outlines.webvtt import read_cues

START = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
VTT, CSV, JSON = "text/vtt", "text/csv", "application/json"


def parse(data, media_type):
    given = data.encode() if isinstance(data, str) else data
    return parse_outline(given, media_type, START)


def told(data, media_type):
    return [(e.begins_s, e.title) for e in parse(data, media_type)]


def refusal(data, media_type):
    with pytest.raises(OutlineUnreadable) as refused:
        parse(data, media_type)
    assert str(refused.value).endswith(".")
    return str(refused.value)


CHAPTERS = """WEBVTT - Biology

NOTE
made by hand

STYLE
::cue { color: red }

intro
00:00.000 --> 00:01:30.000 align:start
Introduction

00:01:30.500 --> 01:02:00.000
<v Dr Name>Cells &amp; <i>membranes</i></v>
second line
"""


def test_each_cue_of_a_webvtt_file_is_a_chapter():
    entries = parse(CHAPTERS, VTT)
    assert [(e.position, e.kind) for e in entries] == [(1, "chapter"), (2, "chapter")]
    assert told(CHAPTERS, VTT) == [(0.0, "Introduction"), (90.5, "Cells & membranes second line")]


@pytest.mark.parametrize(
    "data",
    [
        CHAPTERS.encode("utf-8-sig"),
        CHAPTERS.encode("utf-16"),
        CHAPTERS.replace("\n", "\r\n").encode(),
        CHAPTERS.replace("\n", "\r").encode(),
        CHAPTERS.rstrip().encode(),
    ],
    ids=["BOM", "UTF-16", "CRLF", "CR", "no newline at the end"],
)
def test_the_same_chapters_come_from_every_coding(data):
    assert told(data, VTT) == told(CHAPTERS, VTT)


def test_cues_out_of_order_and_over_each_other_are_put_in_order():
    text = (
        "WEBVTT\n\n10:00.000 --> 30:00.000\nlate\n\n00:00.000 --> 20:00.000\nearly\n\n"
        "05:00.000 --> 06:00.000\nbetween"
    )
    assert [title for _, title in told(text, VTT)] == ["early", "between", "late"]
    assert [cue.begin_s for cue in read_cues(text.encode())] == [600.0, 0.0, 300.0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("<html><body>404</body></html>", "Line 1 is “<html>"),
        ("WEBVTTX\n\n", "begins with WEBVTT"),
        ("WEBVTT\n", "no slides or chapters"),
        ("WEBVTT\n\nnothing here\n", "Line 3"),
        ("WEBVTT\n\n00:01.000 -> 00:02.000\nx", "Line 3"),
        ("WEBVTT\n\n00:01.000 -->\nx", "Line 3: “” is no time"),
        ("WEBVTT\n\nid\n00:61.000 --> 00:02.000\nx", "Line 4: “00:61.000” is no time"),
        ("WEBVTT\n\n00:05.000 --> 00:02.000\nx", "Line 3: the cue ends before"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n", "Line 3: this cue has no title"),
        ("WEBVTT\n\n25:00:01.000 --> 26:00:02.000\nx", "Line 3 begins more than 24 hours"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nx\x00y", "Line 4 holds a NUL"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nü".encode("latin-1"), "Line 4 is not text in UTF-8"),
        ("WEBVTT\n".encode("utf-16-le"), "NUL"),
        (b"\xff\xfeW\x00\x00", "UTF-16"),
    ],
)
def test_a_bad_webvtt_file_is_told_by_its_line(text, words):
    assert words in refusal(text, VTT)


def test_a_transcript_of_ten_thousand_lines_is_no_outline():
    cues = "\n".join(f"00:{i // 60 % 60:02}:{i % 60:02}.000 --> 01:00:00.000\nword {i}\n"
                     for i in range(3333))  # fmt: skip
    assert "3,333 entries" in refusal(f"WEBVTT\n\n{cues}", VTT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0:00,Intro\n90,Cells\n1:01:00.5,End", [(0.0, "Intro"), (90.0, "Cells"), (3660.5, "End")]),
        ("time,title\n0,Intro", [(0.0, "Intro")]),
        ("Title;Time\nIntro;0:30", [(30.0, "Intro")]),
        ("time\ttitle\n75:30\tLong", [(4530.0, "Long")]),
        ('0,"Cells, tissue"\n1,"He said ""hi"""', [(0.0, "Cells, tissue"), (1.0, 'He said "hi"')]),
        ("12,5;Komma", [(12.5, "Komma")]),
        ("2026-03-02T10:16:00Z,A\n2026-03-02T11:17:00+01:00,B", [(60.0, "A"), (120.0, "B")]),
        ("9,late\n3,early\n\n5,between\n", [(3.0, "early"), (5.0, "between"), (9.0, "late")]),
        ("0,a\n,not yet\n9,c\n5,b", [(0.0, "a"), (None, "not yet"), (5.0, "b"), (9.0, "c")]),
        ("\ufefftime;title\r\n0:10;Süß\r\n", [(10.0, "Süß")]),
        ("0,a\x0bb\u2028c", [(0.0, "a b c")]),
    ],
)
def test_csv_is_read_as_people_write_it(text, expected):
    assert told(text, CSV) == expected


def test_csv_tells_slides_from_chapters():
    entries = parse("0,Intro,Chapter\n1,Cells,\n2,Membranes,slide\n3,Short", CSV)
    assert [e.kind for e in entries] == ["chapter", "slide", "slide", "slide"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("\n \n;;\n", "no slides or chapters"),
        ("time,title\n", "no slides or chapters"),
        ("titel,title\n0,x", "Line 1 names the columns “titel”, “title”"),
        ("time,title,title\n0,x,y", "Line 1 names"),
        ("0,Intro\nsoon,Cells", "Line 2: “soon” is no time"),
        ("0,Intro\n1:75,Cells", "Line 2: “1:75” is no time"),
        ("-5,Intro", "Line 1: “-5” is no time"),
        ("0,Intro\n1,", "Line 2 has no title"),
        ("0,Intro\n1", "Line 2 has no title"),
        ("0,Cells, tissue", "“tissue” is no kind"),
        ("0,a,slide,more", "Line 1 has 4 columns instead of 3"),
        ("time,title\n0,a,b", "Line 2 has 3 columns instead of 2"),
        ('0,a\n1,"open', "Line 2 is not CSV"),
        ("99999,a", "Line 1 begins more than 24 hours"),
        ("2026-03-02T10:00:00Z,a", "Line 1 begins before"),
        ("2026-03-02T10:20:00,a", "Line 1: “2026-03-02T10:20:00” has no time zone"),
        ("0001-01-01T00:00:00+14:00,a", "Line 1 begins before"),
        ("9999-12-31T23:59:59-14:00,a", "Line 1 begins more than"),
        ("0,a\n1,b\x00", "Line 2 holds a NUL"),
        ("0,a\n1,ü".encode("cp1252"), "CSV UTF-8"),
        ("0,a\n" * 1001, "1,001 entries"),
        (f"{'9' * 400},a", "Line 1"),
        ("0," + "a" * 200_000, "Line 1 is not CSV"),
    ],
)
def test_a_bad_csv_file_is_told_by_its_line(text, words):
    assert words in refusal(text, CSV)


def test_a_list_as_json_is_an_outline():
    listed = [{"title": "Cells", "begins_s": 90}, {"title": " Intro ", "kind": "chapter",
              "begins_s": 0.0}, {"title": "Later", "begins_s": None}]  # fmt: skip
    entries = parse(json.dumps(listed), JSON)
    assert [(e.title, e.kind, e.begins_s) for e in entries] == [
        ("Intro", "chapter", 0.0), ("Later", "slide", None), ("Cells", "slide", 90.0),
    ]  # fmt: skip


def test_what_was_told_can_be_loaded_again():
    entries = parse("0,Intro,chapter\n,Cells\n90,Membranes", CSV)
    again = json.dumps([entry.model_dump() for entry in entries])
    assert parse(again, JSON) == entries


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "The body"),
        ("nonsense", "The body: Invalid JSON"),
        ("[" * 100_000, "The body"),
        ("[]", "no slides or chapters"),
        ('[{"title": "a"}, {"titel": "b"}]', "Entry 2, title"),
        ('[{"title": "a", "extra": 1}]', "Entry 1, extra"),
        ('[{"title": "\\u0000 \\n"}]', "Entry 1 has no title"),
        ('[{"title": "\\ud800"}]', "Invalid JSON"),
        ('[{"title": "a", "kind": "question"}]', "Entry 1, kind"),
        ('[{"title": "a", "begins_s": -1}]', "Entry 1 begins before"),
        ('[{"title": "a", "begins_s": NaN}]', "Entry 1, begins_s"),
        ('[{"title": "a", "begins_s": 1e999}]', "Entry 1, begins_s"),
        (json.dumps([{"title": "a"}] * 1001), "1,001 entries"),
    ],
)
def test_a_bad_list_is_told_by_its_entry(text, words):
    assert words in refusal(text, JSON)


def test_another_kind_of_file_is_told_what_may_be_loaded():
    with pytest.raises(OutlineTypeUnknown, match=r"application/pdf.*text/vtt.*save an old \.ppt"):
        parse("x", "application/pdf")


def test_hundreds_of_mutilated_files_are_read_or_refused():
    dice = random.Random(3)
    whole = {
        VTT: CHAPTERS.encode(),
        CSV: b'time;title;kind\n0:00;"Intro";chapter\n1:30;Cells;\n2026-03-02T10:20:00Z;End;\n',
        JSON: b'[{"title": "Cells", "begins_s": 90}, {"title": "Intro", "kind": "chapter"}]',
    }
    for media_type, data in whole.items():
        for _ in range(300):
            damaged = bytearray(data)
            for _ in range(dice.randint(1, 6)):
                damaged[dice.randrange(len(damaged))] = dice.randrange(256)
            with suppress(OutlineUnreadable):  # nothing else may come out
                assert len(parse(bytes(damaged), media_type)) >= 1
