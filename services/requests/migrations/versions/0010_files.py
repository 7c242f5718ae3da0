# SPDX-License-Identifier: EUPL-1.2
"""Files of several kinds beside photos, with small pictures, and what an antivirus says of each."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "attachment", sa.Column("thumbnail", sa.Boolean(), server_default="false", nullable=False), if_not_exists=True
    )
    op.add_column(
        "attachment", sa.Column("scan", sa.String(), server_default="unchecked", nullable=False), if_not_exists=True
    )
    op.add_column(
        "attachment", sa.Column("scan_next_at", sa.DateTime(timezone=True), nullable=True), if_not_exists=True
    )
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_attachment_scan")
        op.execute("CREATE INDEX CONCURRENTLY ix_attachment_scan ON attachment (scan_next_at) WHERE scan = 'waiting'")


def downgrade() -> None:
    op.drop_index("ix_attachment_scan", table_name="attachment")
    op.drop_column("attachment", "scan_next_at")
    op.drop_column("attachment", "scan")
    op.drop_column("attachment", "thumbnail")
