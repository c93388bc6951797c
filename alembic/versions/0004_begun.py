"""An entry of the outline knows when the teacher began it, beside when it was meant to begin.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outline_entry", sa.Column("begun_s", sa.Double(), nullable=True))


def downgrade() -> None:
    op.drop_column("outline_entry", "begun_s")
