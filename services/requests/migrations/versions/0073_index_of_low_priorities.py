# SPDX-License-Identifier: EUPL-1.2
"""The queue of what can wait is read by an index, and no longer from end to end."""

from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_request_low")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_request_low ON request (collectivity, team, status, created_at, id)"
            " WHERE priority < 2"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_request_low")
