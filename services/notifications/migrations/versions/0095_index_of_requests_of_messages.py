# SPDX-License-Identifier: EUPL-1.2
"""The messages about a request, in their order; built beside the running service."""

from alembic import op

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_message_request")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_message_request ON message (request_id, created_at, id)"
            " WHERE request_id IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_message_request")
