"""First tables: sessions, sources, open tallies and tallies.

Revision: 0001, the first.
Written out by hand: a migration never imports server.store.tables, which moves on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_session()
    create_source()
    create_open_tally()
    create_tally()


def downgrade() -> None:
    op.drop_table("tally")
    op.drop_table("open_tally")
    op.drop_index("ix_source_session_id", "source")
    op.drop_table("source")
    op.drop_table("session")


def create_session() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("join_code", sa.Text(), nullable=False),
        sa.Column("expected_students", sa.Integer(), nullable=True),
        sa.Column("bucket_seconds", sa.Integer(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("network_version", sa.Text(), nullable=False),
        sa.CheckConstraint("bucket_seconds > 0", name=op.f("ck_session_bucket_seconds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("join_code", name=op.f("uq_session_join_code")),
    )


def create_source() -> None:
    op.create_table(
        "source",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('student', 'window')", name=op.f("ck_source_kind")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_source_session_id_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_index(op.f("ix_source_session_id"), "source", ["session_id"])


def create_open_tally() -> None:
    op.create_table(
        "open_tally",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("bucket_start", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("network_version", sa.Text(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("frames_with_faces", sa.Integer(), nullable=False),
        sa.Column("faces", sa.Integer(), nullable=False),
        sa.Column("count_angry", sa.Integer(), nullable=False),
        sa.Column("count_disgust", sa.Integer(), nullable=False),
        sa.Column("count_fear", sa.Integer(), nullable=False),
        sa.Column("count_happy", sa.Integer(), nullable=False),
        sa.Column("count_sad", sa.Integer(), nullable=False),
        sa.Column("count_surprise", sa.Integer(), nullable=False),
        sa.Column("count_neutral", sa.Integer(), nullable=False),
        sa.Column("sum_angry", sa.Double(), nullable=False),
        sa.Column("sum_disgust", sa.Double(), nullable=False),
        sa.Column("sum_fear", sa.Double(), nullable=False),
        sa.Column("sum_happy", sa.Double(), nullable=False),
        sa.Column("sum_sad", sa.Double(), nullable=False),
        sa.Column("sum_surprise", sa.Double(), nullable=False),
        sa.Column("sum_neutral", sa.Double(), nullable=False),
        sa.Column("square_angry", sa.Double(), nullable=False),
        sa.Column("square_disgust", sa.Double(), nullable=False),
        sa.Column("square_fear", sa.Double(), nullable=False),
        sa.Column("square_happy", sa.Double(), nullable=False),
        sa.Column("square_sad", sa.Double(), nullable=False),
        sa.Column("square_surprise", sa.Double(), nullable=False),
        sa.Column("square_neutral", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_open_tally_session_id_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["source.id"],
            name=op.f("fk_open_tally_source_id_source"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "session_id",
            "bucket_start",
            "source_id",
            "kind",
            "network_version",
            name=op.f("pk_open_tally"),
        ),
    )


def create_tally() -> None:
    op.create_table(
        "tally",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("bucket_start", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("network_version", sa.Text(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("faces", sa.Integer(), nullable=False),
        sa.Column("sources", sa.Integer(), nullable=False),
        sa.Column("visible", sa.Double(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("count_angry", sa.Integer(), nullable=False),
        sa.Column("count_disgust", sa.Integer(), nullable=False),
        sa.Column("count_fear", sa.Integer(), nullable=False),
        sa.Column("count_happy", sa.Integer(), nullable=False),
        sa.Column("count_sad", sa.Integer(), nullable=False),
        sa.Column("count_surprise", sa.Integer(), nullable=False),
        sa.Column("count_neutral", sa.Integer(), nullable=False),
        sa.Column("sum_angry", sa.Double(), nullable=False),
        sa.Column("sum_disgust", sa.Double(), nullable=False),
        sa.Column("sum_fear", sa.Double(), nullable=False),
        sa.Column("sum_happy", sa.Double(), nullable=False),
        sa.Column("sum_sad", sa.Double(), nullable=False),
        sa.Column("sum_surprise", sa.Double(), nullable=False),
        sa.Column("sum_neutral", sa.Double(), nullable=False),
        sa.Column("share_sum_angry", sa.Double(), nullable=False),
        sa.Column("share_sum_disgust", sa.Double(), nullable=False),
        sa.Column("share_sum_fear", sa.Double(), nullable=False),
        sa.Column("share_sum_happy", sa.Double(), nullable=False),
        sa.Column("share_sum_sad", sa.Double(), nullable=False),
        sa.Column("share_sum_surprise", sa.Double(), nullable=False),
        sa.Column("share_sum_neutral", sa.Double(), nullable=False),
        sa.Column("share_square_angry", sa.Double(), nullable=False),
        sa.Column("share_square_disgust", sa.Double(), nullable=False),
        sa.Column("share_square_fear", sa.Double(), nullable=False),
        sa.Column("share_square_happy", sa.Double(), nullable=False),
        sa.Column("share_square_sad", sa.Double(), nullable=False),
        sa.Column("share_square_surprise", sa.Double(), nullable=False),
        sa.Column("share_square_neutral", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["session.id"],
            name=op.f("fk_tally_session_id_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "session_id", "bucket_start", "kind", "network_version", name=op.f("pk_tally")
        ),
    )
