# SPDX-License-Identifier: EUPL-1.2
"""Lists without what files had sent pass over none of it; built beside the running service."""

from alembic import op

revision = "0098"
down_revision = "0097"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_sent_message_single")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_sent_message_single"
            " ON sent_message (collectivity, application, kind, created_at, id) WHERE NOT by_file"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_sent_message_single")
