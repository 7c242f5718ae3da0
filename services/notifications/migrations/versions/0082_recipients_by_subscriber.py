# SPDX-License-Identifier: EUPL-1.2
"""What was for one subscriber, in its order; built beside the running service."""

from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_recipient_subscriber")
        op.execute("CREATE INDEX CONCURRENTLY ix_recipient_subscriber ON recipient (subscriber_id, number)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_recipient_subscriber")
