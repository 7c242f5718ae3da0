# SPDX-License-Identifier: EUPL-1.2
"""News and alerts are read in the inbox; what came before counts as read."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A constant default is kept once for all rows that there are.
    read = sa.text(f"'{datetime.now(UTC).isoformat()}'::timestamptz")
    op.add_column("recipient", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True, server_default=read))
    # Nobody has written a row that relies on it.
    op.execute("-- squawk-ignore ban-drop-default\nALTER TABLE recipient ALTER COLUMN read_at DROP DEFAULT")


def downgrade() -> None:
    op.drop_column("recipient", "read_at")
