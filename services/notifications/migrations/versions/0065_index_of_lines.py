# SPDX-License-Identifier: EUPL-1.2
"""Whoever has the same line; built beside the running service."""

from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_subscriber_line_mark")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_subscriber_line_mark ON subscriber (collectivity, line_mark)"
            " WHERE line_mark IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_subscriber_line_mark")
