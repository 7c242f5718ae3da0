# SPDX-License-Identifier: EUPL-1.2
"""The index of lanes leads to the first delivery of each, whatever the planner believes of how many wait."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_webhook_delivery_first")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_webhook_delivery_first"
            " ON webhook_delivery (subscription_id, lane, sequence, id) WHERE state IN ('pending', 'sending')"
        )
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_webhook_delivery_lane")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_webhook_delivery_lane")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_webhook_delivery_lane"
            " ON webhook_delivery (subscription_id, lane, sequence) WHERE state IN ('pending', 'sending')"
        )
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_webhook_delivery_first")
