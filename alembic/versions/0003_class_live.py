"""A class, live: leaving, self-report, where faces turn, markers and an outline.

Revision: 0003, after 0002.
Older sessions asked for the camera only and sent every 2 s; older tallies hold zeros for where
faces turned, which says that it is not known.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ANSWERS = ("following", "lost", "too_fast", "bored")
COUNTERS = {
    "open_tally": {"posed": sa.Integer(), "turned": sa.Integer()},
    "tally": {
        "posed_weight": sa.Double(), "turned_sum": sa.Double(), "turned_square": sa.Double()
    },
}  # fmt: skip
OF_SESSION = {
    "send_seconds": (sa.Double(), "2"),
    "camera": (sa.Boolean(), sa.true()),
    "self_report": (sa.Boolean(), sa.false()),
}


def upgrade() -> None:
    for name, (kind, default) in OF_SESSION.items():
        op.add_column("session", sa.Column(name, kind, nullable=False, server_default=default))
    op.add_column("session", sa.Column("engagement_profile", sa.Text()))
    op.add_column("source", sa.Column("left_at", sa.DateTime(timezone=True)))
    for table, counters in COUNTERS.items():
        for name, kind in counters.items():
            op.add_column(table, sa.Column(name, kind, nullable=False, server_default="0"))
    _create_tables()


def downgrade() -> None:
    for table in ("outline_entry", "marker", "self_report", "open_self_report"):
        op.drop_table(table)
    for table, counters in COUNTERS.items():
        for name in counters:
            op.drop_column(table, name)
    op.drop_column("source", "left_at")
    for name in (*OF_SESSION, "engagement_profile"):
        op.drop_column("session", name)


def _create_tables() -> None:
    op.create_table(
        "open_self_report",
        _key_of("session"),
        sa.Column("bucket_start", sa.BigInteger(), nullable=False),
        _key_of("source"),
        sa.Column("answer", sa.Text(), nullable=False),
        *_rules("open_self_report", "session_id", "bucket_start", "source_id"),
    )
    op.create_table(
        "self_report",
        _key_of("session"),
        sa.Column("bucket_start", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.Integer(), nullable=False),
        *[sa.Column(f"count_{answer}", sa.Integer(), nullable=False) for answer in ANSWERS],
        *_rules("self_report", "session_id", "bucket_start"),
    )
    op.create_table(
        "marker",
        sa.Column("id", sa.Text(), nullable=False),
        _key_of("session"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        *_rules("marker", "id"),
    )
    op.create_index(op.f("ix_marker_session_id"), "marker", ["session_id"])
    op.create_table(
        "outline_entry",
        _key_of("session"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("begins_s", sa.Double(), nullable=True),
        *_rules("outline_entry", "session_id", "position"),
    )


def _key_of(parent: str) -> sa.Column[str]:
    return sa.Column(f"{parent}_id", sa.Text(), nullable=False)


def _rules(table: str, *key: str) -> list[sa.Constraint]:
    """Name the primary key, and erase rows with the session or source they belong to."""
    parents = ["session", "source"] if table == "open_self_report" else ["session"]
    return [
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{table}")),
        *[
            sa.ForeignKeyConstraint(
                [f"{parent}_id"],
                [f"{parent}.id"],
                name=op.f(f"fk_{table}_{parent}_id_{parent}"),
                ondelete="CASCADE",
            )
            for parent in parents
        ],
    ]
