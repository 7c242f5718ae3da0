# SPDX-License-Identifier: EUPL-1.2
"""The calls of a message; built beside the running service."""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_voice_call_delivery")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_voice_call_delivery ON voice_call (delivery_id, number)"
            " WHERE delivery_id IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_voice_call_delivery")
