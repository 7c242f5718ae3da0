# SPDX-License-Identifier: EUPL-1.2
"""The index behind the stream of an inbox, built beside the running service; safe to repeat after it broke off."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_message_position")
        op.execute("CREATE INDEX CONCURRENTLY ix_message_position ON message (collectivity, person, position)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_message_position")
