# SPDX-License-Identifier: EUPL-1.2
"""One delivery of a message by each channel, and what is due by channel; built beside the running service."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS uq_delivery_message_id_channel")
        op.execute("CREATE UNIQUE INDEX CONCURRENTLY uq_delivery_message_id_channel ON delivery (message_id, channel)")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_delivery_due")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_delivery_due ON delivery (channel, due_at)"
            " WHERE state IN ('pending', 'retry', 'sending')"
        )
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_delivery_ask")
        op.execute("CREATE INDEX CONCURRENTLY ix_delivery_ask ON delivery (channel, ask_at) WHERE ask_at IS NOT NULL")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_delivery_reference")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_delivery_reference ON delivery (provider, provider_reference)"
            " WHERE provider_reference IS NOT NULL"
        )
        # The former one, whose work the new one does for the version before, too.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_email_delivery_due")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_email_delivery_due")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_email_delivery_due ON delivery (due_at)"
            " WHERE state IN ('pending', 'retry', 'sending')"
        )
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_delivery_reference")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_delivery_ask")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_delivery_due")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS uq_delivery_message_id_channel")
