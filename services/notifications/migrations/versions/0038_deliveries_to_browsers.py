# SPDX-License-Identifier: EUPL-1.2
"""One delivery of a message by each channel, or by web push to each browser; built beside the running service."""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS uq_delivery_message_id_target")
        op.execute(
            "CREATE UNIQUE INDEX CONCURRENTLY uq_delivery_message_id_target ON delivery (message_id, channel, target)"
            " NULLS NOT DISTINCT"
        )
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS uq_delivery_message_id_channel")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DELETE FROM delivery WHERE channel = 'push'")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS uq_delivery_message_id_channel")
        op.execute("CREATE UNIQUE INDEX CONCURRENTLY uq_delivery_message_id_channel ON delivery (message_id, channel)")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS uq_delivery_message_id_target")
