# SPDX-License-Identifier: EUPL-1.2
"""How long the oldest delivery waits, by channel; built beside the running service."""

from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_delivery_waiting")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_delivery_waiting"
            " ON delivery (channel, bulk, state, coalesce(not_before_at, created_at))"
            " WHERE state IN ('pending', 'retry')"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_delivery_waiting")
