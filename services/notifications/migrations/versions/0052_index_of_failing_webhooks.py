# SPDX-License-Identifier: EUPL-1.2
"""Whose receivers have not answered for long is found among those that fail, and no longer among all."""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

_INDEX = "ix_webhook_subscription_failing"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {_INDEX} ON webhook_subscription (failing_since)"
            " WHERE failing_since IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
