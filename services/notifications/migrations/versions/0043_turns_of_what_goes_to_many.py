# SPDX-License-Identifier: EUPL-1.2
"""What goes to many waits while anything else is due: which notices and deliveries those are."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("notice", "delivery"):
        op.add_column(table, sa.Column("bulk", sa.Boolean, nullable=False, server_default=sa.text("false")))


def downgrade() -> None:
    for table in ("notice", "delivery"):
        op.drop_column(table, "bulk")
