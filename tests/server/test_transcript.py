"""What was said: loaded from WebVTT, in the report, never by whom."""

import pytest

from server.store.tables import transcript_cue
from tests.server.conftest import path_of, refused

SAID = """WEBVTT

1
00:01.500 --> 00:04.000
<v Anna>Water moves
towards the salt.

00:03.000 --> 00:05.000
<v.loud Ben>Why?

00:06.000 --> 00:07.000

"""


def load(classroom, session, text, kind="text/vtt"):
    return classroom.client.put(
        path_of(session, "/transcript"),
        content=text if isinstance(text, bytes) else text.encode(),
        headers={**classroom.teacher, "Content-Type": kind},
    )


def test_it_is_kept_without_names_and_without_silence(classroom, session):
    told = load(classroom, session, SAID)
    assert told.status_code == 200, told.text
    assert told.json() == [
        {"begins_s": 1.5, "ends_s": 4.0, "words": "Water moves towards the salt."},
        {"begins_s": 3.0, "ends_s": 5.0, "words": "Why?"},
    ]
    assert "Anna" not in str(classroom.rows(transcript_cue))
    read = classroom.client.get(path_of(session, "/transcript"), headers=classroom.teacher)
    assert read.json() == told.json()


def test_loading_again_replaces_it_and_the_report_follows(classroom, session):
    load(classroom, session, SAID)
    classroom.clock.now += 60
    classroom.end(session)
    address = path_of(session, "/report")
    before = classroom.client.get(address, headers=classroom.teacher).json()
    load(classroom, session, "WEBVTT\n\n00:01.000 --> 00:02.000\nOnly this.\n")
    after = classroom.client.get(address, headers=classroom.teacher).json()
    assert len(before["transcript"]) == 2
    assert [cue["words"] for cue in after["transcript"]] == ["Only this."]


def test_erasing_it_or_its_session_leaves_nothing(classroom, session):
    load(classroom, session, SAID)
    erased = classroom.client.delete(path_of(session, "/transcript"), headers=classroom.teacher)
    assert erased.status_code == 204
    assert classroom.rows(transcript_cue) == []
    load(classroom, session, SAID)
    classroom.client.delete(path_of(session), headers=classroom.teacher)
    assert classroom.rows(transcript_cue) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("time,title\n", "Line 1"),
        ("WEBVTT\n", "no cues"),
        ("WEBVTT\n\n00:01.000 --> soon\nHello\n", "Line 3"),
        ("WEBVTT\n\n00:05.000 --> 00:04.000\nHello\n", "ends before it begins"),
        (
            "WEBVTT\n\n00:05.000 --> 00:06.000\nOne\n\n00:01.000 --> 00:02.000\nTwo\n",
            "Line 6: this cue begins at 00:00:01, before the one above it at 00:00:05 (line 3)",
        ),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n\xff\xfe\n", "Line 4 is not text in UTF-8"),
        ("WEBVTT\n\n30:00:00.000 --> 31:00:00.000\nLate\n", "Line 3"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(classroom, session, text, said):
    load(classroom, session, SAID)
    assert said in refused(load(classroom, session, text), 422)
    assert len(classroom.rows(transcript_cue)) == 2, "what was loaded before is lost"


def test_times_of_the_clock_are_told_apart(classroom, session):
    classroom.clock.now += 45 * 60
    classroom.end(session)
    wrong = load(classroom, session, "WEBVTT\n\n10:15:00.000 --> 10:15:04.000\nHello\n")
    assert "begins at 10:15:00, but the session lasted 00:45:00" in refused(wrong, 422)


def test_other_kinds_and_too_much_are_refused(classroom, session):
    refused(load(classroom, session, SAID, kind="text/plain"), 415)
    assert "5 MB" in refused(load(classroom, session, SAID + " " * 5_000_001), 413)
    many = "WEBVTT\n\n" + "00:01.000 --> 00:02.000\nA\n\n" * 20_001
    assert "20,001 cues" in refused(load(classroom, session, many), 422)


def test_only_the_teacher_may(classroom, session, token):
    answer = classroom.client.get(path_of(session, "/transcript"), headers=token)
    refused(answer, 403)
    refused(classroom.client.get(path_of(session, "/report"), headers=token), 403)
