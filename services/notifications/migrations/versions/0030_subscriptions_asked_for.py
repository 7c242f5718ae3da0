# SPDX-License-Identifier: EUPL-1.2
"""An index over the subscriptions of all towns that nobody has confirmed: what they cost is bounded together."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_subscriber_asked")
        op.execute("CREATE INDEX CONCURRENTLY ix_subscriber_asked ON subscriber (created_at) WHERE state = 'pending'")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_subscriber_asked")
