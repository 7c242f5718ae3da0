# SPDX-License-Identifier: EUPL-1.2
"""How much of what strangers sent waits; built beside the running service."""

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_inbound_message_waiting")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_inbound_message_waiting ON inbound_message (collectivity) INCLUDE (size)"
            " WHERE conversation IS NULL AND taken_at IS NULL AND size > 0"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_inbound_message_waiting")
