# SPDX-License-Identifier: EUPL-1.2
"""A mention is taken back, and stays in the file as one that was."""

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mention", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("mention", "withdrawn_at")
