"""Reports kept with their sessions, courses, transcripts, and recordings on their way.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _parent(*, nullable: bool = False) -> sa.Column[str]:
    return sa.Column("session_id", sa.Text(), nullable=nullable)


def _of_session(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["session_id"],
        ["session.id"],
        name=op.f(f"fk_{table}_session_id_session"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    op.add_column("session", sa.Column("course", sa.Text(), nullable=True))
    op.add_column("session", sa.Column("origin", sa.Text(), server_default="live", nullable=False))
    op.add_column(
        "session", sa.Column("report_revision", sa.Integer(), server_default="0", nullable=False)
    )
    op.create_table(
        "report",
        _parent(),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        _of_session("report"),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_report")),
    )
    op.create_table(
        "transcript_cue",
        _parent(),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("begins_s", sa.Double(), nullable=False),
        sa.Column("ends_s", sa.Double(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _of_session("transcript_cue"),
        sa.PrimaryKeyConstraint("session_id", "position", name=op.f("pk_transcript_cue")),
    )
    op.create_table(
        "video",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("upload_key", sa.Text(), nullable=True),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("touched_at", MOMENT, nullable=False),
        _parent(nullable=True),
        sa.Column("seconds_total", sa.Double(), nullable=True),
        sa.Column("seconds_read", sa.Double(), server_default="0", nullable=False),
        sa.Column("frames_read", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("problems", sa.Text(), server_default="[]", nullable=False),
        _of_session("video"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_video")),
        sa.UniqueConstraint("upload_key", name=op.f("uq_video_upload_key")),
    )
    op.create_index(op.f("ix_video_session_id"), "video", ["session_id"])


def downgrade() -> None:
    for table in ("video", "transcript_cue", "report"):
        op.drop_table(table)
    for column in ("report_revision", "origin", "course"):
        op.drop_column("session", column)
