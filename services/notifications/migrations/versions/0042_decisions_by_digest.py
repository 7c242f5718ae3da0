# SPDX-License-Identifier: EUPL-1.2
"""What is in a mail that gathers messages; built beside the running service."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_delivery_decision_digest")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_delivery_decision_digest ON delivery_decision (digest_id)"
            " WHERE digest_id IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_delivery_decision_digest")
