# SPDX-License-Identifier: EUPL-1.2
"""Which rooms the town is to leave; built beside the running service."""

from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_chat_room_due_at")
        op.execute("CREATE INDEX CONCURRENTLY ix_chat_room_due_at ON chat_room (due_at) WHERE address_id IS NULL")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_chat_room_due_at")
