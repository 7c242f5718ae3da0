# SPDX-License-Identifier: EUPL-1.2
"""The index by which the acts of a time are found, built beside the running service; safe to run again."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_history_entry_at")
        op.execute("CREATE INDEX CONCURRENTLY ix_history_entry_at ON history_entry (collectivity, at, request_id)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_history_entry_at")
