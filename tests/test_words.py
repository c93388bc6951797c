"""The words of docs/architecture.md and the laws of docs/privacy.md, as far as machines can check.

A name that means something else than it says, or a field that tells the teacher of one student,
fails here before anybody reads it.
"""

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import JSON, LargeBinary

from model.emotions import EMOTIONS
from server.store.tables import metadata
from tests.contract import (
    answers,
    names_reached,
    openapi_document,
    operations,
    parts_of,
    schemas,
)

ROOT = Path(__file__).parents[1]
SOURCES = [
    path
    for folder in ("model", "server", "dashboard", "client", "bench")
    for path in sorted((ROOT / folder).rglob("*.py"))
] + [ROOT / name for name in ("assembly.py", "roomtone.py", "export_onnx.py")]

NOBODYS_NAMES = {
    "user": "a source, a student or the teacher",
    "users": "sources, students",
    "prediction": "a reading, or a face's probabilities",
    "predictions": "readings, or probabilities",
    "predict": "read a frame, or classify crops",
    "dataframe": "a table",
    "df": "a table",
}
"""Words that mean something else here, and what to say instead."""

SHAPELESS = {"utils", "helpers", "common", "misc", "base", "manager", "models"}

OF_A_PERSON = {
    *("name", "names", "email", "mail", "phone", "address", "ip", "agent", "user", "client"),
    *("picture", "image", "pixels", "jpeg", "photo", "crop", "embedding", "vector", "blob"),
    *("face", "box", "landmarks", "pose", "yaw", "pitch", "roll"),
}
"""Words that no column may hold: who it is, or what one face looked like."""

OF_ONE_FACE = {"Face", "PoseAngles", "FrameAnswer", "Analysis"}

OF_A_SOURCE_ITSELF = {
    ("POST", "/api/v1/sessions/{session_id}/self-reports"),
    ("GET", "/api/v1/sessions/{session_id}/source"),
    ("POST", "/api/v1/sessions/{session_id}/leave"),
}
"""Calls that only the source's own token opens: `tests/server/test_source_calls.py` tries."""

OF_FRAMES_OF_ONE_S_OWN = {
    ("GET", "/api/v1/videos/{video_id}/frames"),
    ("GET", "/api/v1/videos/{video_id}/frames/{index}"),
}
"""Calls of the frame view, which issue 5 asks for: only the `view_key` opens them, which is told to
whoever uploads the recording, and only while their visit lasts. tests/server/videos tries both."""

OF_OWN_PICTURES = {
    ("POST", "/api/v1/sessions/{session_id}/frames"),
    ("POST", "/api/v1/sessions/{session_id}/readings"),
    ("POST", "/api/v1/analyze"),
    *OF_FRAMES_OF_ONE_S_OWN,
}
"""Calls that tell faces, to whoever sent the picture."""


def told_to_the_teacher():
    """Return the answers of all calls that the teacher's token opens, but of own pictures."""
    return [
        answers(operation)
        for method, path, operation in operations()
        if path.startswith("/api/") and (method, path) not in OF_A_SOURCE_ITSELF | OF_OWN_PICTURES
    ]


def words_of(name: str) -> set[str]:
    """Split `frame_seq` and `FrameSeq` into words."""
    return set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()))


def names_made_in(path: Path) -> set[str]:
    """Return every name that a file defines: classes, functions, arguments, variables, fields."""
    made: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            made.add(node.name)
        elif isinstance(node, ast.arg):
            made.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            made.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            made.add(node.attr)
    return made


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_name_says_what_another_word_means_here(path):
    wrong = {
        f"{name}: say {NOBODYS_NAMES[word]}"
        for name in names_made_in(path)
        for word in words_of(name) & NOBODYS_NAMES.keys()
    }
    assert not wrong


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_has_a_noun_for_a_name(path):
    assert path.stem not in SHAPELESS


def test_a_session_is_a_lesson_so_a_connection_is_called_db():
    for path in (ROOT / "server").rglob("*.py"):
        assert "AsyncSession" not in path.read_text("utf-8"), path
        assert "sessionmaker" not in path.read_text("utf-8"), path


def test_the_wire_speaks_of_emotions_and_sources_only():
    fields = {
        f"{schema}.{name}"
        for schema, described in schemas().items()
        for name in described.get("properties", {})
        if words_of(name) & {"user", "users", "client", "class", "classes", "prediction"}
        or (words_of(name) & {"label", "labels"} and "Marker" not in schema)
    }
    assert not fields


def test_the_wire_has_the_seven_emotions_in_their_order():
    assert schemas()["Emotion"]["enum"] == list(EMOTIONS)


def test_a_face_is_told_only_to_whoever_sent_its_picture():
    telling = {
        (method, path)
        for method, path, operation in operations()
        if names_reached(answers(operation)) & OF_ONE_FACE
    }
    list_of_frames = ("GET", "/api/v1/videos/{video_id}/frames")  # tells counts, and no face
    assert telling == OF_OWN_PICTURES - {list_of_frames}


def test_only_the_join_tells_a_source_and_its_token():
    telling = {
        (method, path)
        for method, path, operation in operations()
        for name in names_reached(answers(operation))
        if {"source_id", "token"} & schemas()[name].get("properties", {}).keys()
    }
    assert telling == {("POST", "/api/v1/join")}


def test_no_call_asks_for_one_student_source_or_face():
    for _, path, operation in operations():
        given = re.findall(r"{(\w+)}", path) + [p["name"] for p in operation.get("parameters", [])]
        for name in given:
            assert not words_of(name) & {"source", "student", "face", "user"}, (path, name)


def test_what_the_teacher_reads_is_of_the_whole_class():
    read = names_reached(told_to_the_teacher())
    assert read == {
        *("Session", "SessionOrigin", "Mood", "MoodPoint", "Share", "EstimatedShare", "Emotion"),
        *("SelfReportPoint", "SelfReportAnswer", "Engagement", "EngagementProfile"),
        *("Marker", "MarkerKind", "OutlineEntry", "CourseSummary"),
        *("Comparison", "ComparedSession", "ComparedSegment", "LeftOut"),
        *("Stretch", "Difference", "Statement", "Figure"),
        *("Report", "ReportSession", "ChangePoint", "AlsoChanged", "Segment", "Gap"),
        *("TranscriptCue",),
        *("Video", "NewVideoAnswer", "VideoState"),  # how far a recording is
        *("Invitation", "Joined"),  # which a join code opens, too
    }


def test_what_the_teacher_reads_is_keyed_by_nothing_that_could_be_a_student():
    for part in parts_of(told_to_the_teacher()):
        if isinstance(part.get("additionalProperties"), dict):
            kind = part.get("propertyNames", {}).get("$ref", "no enumeration").rsplit("/", 1)[-1]
            assert kind in {"Emotion", "SelfReportAnswer", "Figure"}, part


def test_what_a_source_is_told_is_of_itself_and_its_session():
    told = {
        path.rsplit("/", 1)[-1]: {
            field
            for name in names_reached(answers(operation))
            for field in schemas()[name].get("properties", {})
        }
        for method, path, operation in operations()
        if (method, path) in OF_A_SOURCE_ITSELF
    }
    assert told == {
        "self-reports": {"outcome", "seq"},
        "leave": {"erased_buckets"},
        "source": {
            *("session_title", "simulated", "camera", "self_report", "send_seconds"),
            *("last_seq", "left", "ended"),
        },
    }


def test_no_column_holds_who_it_is_or_what_a_face_looked_like():
    for table in metadata.tables.values():
        for column in table.columns:
            assert not words_of(column.name) & OF_A_PERSON, column
            assert not isinstance(column.type, LargeBinary | JSON), column


def test_only_what_is_open_knows_its_source_and_both_are_folded():
    of_a_source = {t.name for t in metadata.tables.values() if "source_id" in t.columns}
    assert of_a_source == {"open_tally", "open_self_report"}
    assert {name.removeprefix("open_") for name in of_a_source} <= metadata.tables.keys()


def test_the_api_says_what_it_does_not_measure():
    assert "not\nfeelings, attention or understanding" in openapi_document()["info"]["description"]
