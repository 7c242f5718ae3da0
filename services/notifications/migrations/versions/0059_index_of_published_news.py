# SPDX-License-Identifier: EUPL-1.2
"""What the public may read of a town's news is found from the latest on."""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_INDEX = "ix_broadcast_published"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
        op.execute(f"CREATE INDEX CONCURRENTLY {_INDEX} ON broadcast (collectivity, lane, publish_at, id)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_INDEX}")
