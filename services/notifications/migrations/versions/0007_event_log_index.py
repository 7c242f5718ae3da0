# SPDX-License-Identifier: EUPL-1.2
"""The index behind the log of events, built beside the running service; safe to repeat after it broke off."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_webhook_event_position")
        op.execute("CREATE INDEX CONCURRENTLY ix_webhook_event_position ON webhook_event (collectivity, position)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_webhook_event_position")
