"""The tables. Numbers only: no pictures, no names, no row for a single face.

Imports `model.emotions` and the self-report's answers, for a column of each. Moments are
timezone-aware UTC on both databases; bucket starts are whole unix seconds.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    false,
    true,
)
from sqlalchemy.types import TypeEngine

from model.emotions import EMOTIONS
from server.schemas import SelfReportAnswer
from server.store.column_types import PlainText, UtcMoment
from server.store.upserts import LARGEST

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}
metadata = MetaData(naming_convention=NAMES)


def _need(
    name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]], *, key: bool = False
) -> Column[Any]:
    return Column(name, kind, primary_key=key, nullable=False)


def _parent(table: str, *, key: bool) -> Column[Any]:
    parent = ForeignKey(f"{table}.id", ondelete="CASCADE")
    return Column(f"{table}_id", PlainText, parent, primary_key=key, nullable=False)


def _each_emotion(prefix: str, kind: type[TypeEngine[Any]]) -> list[Column[Any]]:
    return [_need(f"{prefix}_{emotion}", kind) for emotion in EMOTIONS]


def _later(name: str, kind: type[TypeEngine[Any]]) -> Column[Any]:
    """Return a counter that older rows lack: 0 there, which `server.tally` knows for unknown."""
    return Column(name, kind, nullable=False, server_default="0")


def _each_later(prefix: str) -> list[Column[Any]]:
    return [_later(f"{prefix}_{emotion}", Double) for emotion in EMOTIONS]


session = Table(
    "session",
    metadata,
    _need("id", PlainText, key=True),
    _need("title", PlainText),
    Column("join_code", PlainText, nullable=False, unique=True),
    Column("expected_students", Integer),
    _need("bucket_seconds", Integer),
    _need("simulated", Boolean),
    _need("started_at", UtcMoment),
    Column("ended_at", UtcMoment),
    _need("network_version", PlainText),
    Column("send_seconds", Double, nullable=False, server_default="2"),
    Column("camera", Boolean, nullable=False, server_default=true()),
    Column("self_report", Boolean, nullable=False, server_default=false()),
    Column("engagement_profile", PlainText),
    Column("course", PlainText),
    Column("origin", PlainText, nullable=False, server_default="live"),
    _later("report_revision", Integer),
    CheckConstraint("bucket_seconds > 0", name="bucket_seconds"),
)

source = Table(
    "source",
    metadata,
    _need("id", PlainText, key=True),
    _parent("session", key=False),
    _need("kind", PlainText),
    _need("joined_at", UtcMoment),
    Column("last_seq", BigInteger),
    Column("left_at", UtcMoment),
    CheckConstraint("kind IN ('student', 'window')", name="kind"),
    Index(None, "session_id"),
)

open_tally = Table(
    "open_tally",
    metadata,
    _parent("session", key=True),
    _need("bucket_start", BigInteger, key=True),
    _parent("source", key=True),
    _need("kind", PlainText, key=True),
    _need("network_version", PlainText, key=True),
    _need("frames", Integer),
    _need("frames_with_faces", Integer),
    _need("faces", Integer),
    *_each_emotion("count", Integer),
    *_each_emotion("sum", Double),
    *_each_emotion("square", Double),
    *_each_later("even_sum"),
    _later("posed", Integer),
    _later("turned", Integer),
)

tally = Table(
    "tally",
    metadata,
    _parent("session", key=True),
    _need("bucket_start", BigInteger, key=True),
    _need("kind", PlainText, key=True),
    _need("network_version", PlainText, key=True),
    _need("frames", Integer),
    _need("faces", Integer),
    Column("sources", Integer, nullable=False, info=LARGEST),
    Column("visible", Double, nullable=False, info=LARGEST),
    _need("weight", Double),
    *_each_emotion("count", Integer),
    *_each_emotion("sum", Double),
    *_each_emotion("share_sum", Double),
    *_each_emotion("share_square", Double),
    *_each_later("even_share_sum"),
    _later("posed_weight", Double),
    _later("turned_sum", Double),
    _later("turned_square", Double),
)

open_self_report = Table(
    "open_self_report",
    metadata,
    _parent("session", key=True),
    _need("bucket_start", BigInteger, key=True),
    _parent("source", key=True),
    _need("answer", PlainText),
)

self_report = Table(
    "self_report",
    metadata,
    _parent("session", key=True),
    _need("bucket_start", BigInteger, key=True),
    _need("said", Integer),
    *[_need(f"count_{answer}", Integer) for answer in SelfReportAnswer],
)

marker = Table(
    "marker",
    metadata,
    _need("id", PlainText, key=True),
    _parent("session", key=False),
    _need("at", UtcMoment),
    _need("kind", PlainText),
    _need("label", PlainText),
    Index(None, "session_id"),
)

outline_entry = Table(
    "outline_entry",
    metadata,
    _parent("session", key=True),
    _need("position", Integer, key=True),
    _need("kind", PlainText),
    _need("title", PlainText),
    Column("begins_s", Double),
    Column("begun_s", Double),
)

report = Table(
    "report",
    metadata,
    _parent("session", key=True),
    _need("revision", Integer),
    _need("made_at", UtcMoment),
    _need("document", PlainText),
)

transcript_cue = Table(
    "transcript_cue",
    metadata,
    _parent("session", key=True),
    _need("position", Integer, key=True),
    _need("begins_s", Double),
    _need("ends_s", Double),
    _need("words", PlainText),
)

video = Table(
    "video",
    metadata,
    _need("id", PlainText, key=True),
    Column("upload_key", PlainText, unique=True),
    _need("wish", PlainText),
    _need("state", PlainText),
    _need("received_bytes", BigInteger),
    _need("created_at", UtcMoment),
    _need("touched_at", UtcMoment),
    Column("session_id", PlainText, ForeignKey("session.id", ondelete="CASCADE"), index=True),
    Column("seconds_total", Double),
    _later("seconds_read", Double),
    _later("frames_read", Integer),
    Column("fault", PlainText),
    Column("problems", PlainText, nullable=False, server_default="[]"),
)
