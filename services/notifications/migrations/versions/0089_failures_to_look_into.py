# SPDX-License-Identifier: EUPL-1.2
"""What failed for good, and is looked into; built beside the running service."""

from alembic import op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_delivery_fallback")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_delivery_fallback ON delivery (fallback_at)"
            " WHERE fallback_at IS NOT NULL AND state IN ('failed', 'bounced')"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_delivery_fallback")
