# SPDX-License-Identifier: EUPL-1.2
"""What went to a room by its name there, and what one person wrote of late; built beside the running service."""

from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_delivery_room")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_delivery_room ON delivery (target, provider_reference) WHERE channel = 'chat'"
        )
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_inbound_message_person")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_inbound_message_person ON inbound_message (person, received_at)"
            " WHERE person IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_inbound_message_person")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_delivery_room")
