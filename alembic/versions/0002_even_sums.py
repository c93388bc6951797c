"""Sums of evened-out probabilities, from which class shares are corrected.

Revision: 0002, after 0001.
Rows from before hold zeros there, which says that they are not known.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
NEW = {"open_tally": "even_sum", "tally": "even_share_sum"}


def upgrade() -> None:
    for table, prefix in NEW.items():
        for emotion in EMOTIONS:
            name = f"{prefix}_{emotion}"
            op.add_column(table, sa.Column(name, sa.Double(), nullable=False, server_default="0"))


def downgrade() -> None:
    for table, prefix in NEW.items():
        for emotion in EMOTIONS:
            op.drop_column(table, f"{prefix}_{emotion}")
