# SPDX-License-Identifier: EUPL-1.2
"""The queue of a small area, or of what came by a rare way, is read by an index, and no longer from end to end."""

from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_request_area": "request (collectivity, area)",
    "ix_request_brought": "request (collectivity, channel) WHERE channel <> 'online'",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for name, rows in _INDEXES.items():
            # A build that was broken off leaves an invalid index behind.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {rows}")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in _INDEXES:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
