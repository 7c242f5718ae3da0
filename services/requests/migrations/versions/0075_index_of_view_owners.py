# SPDX-License-Identifier: EUPL-1.2
"""Views are found by their owner: those of an agent who was erased go."""

from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_saved_view_owner")
        op.execute("CREATE INDEX CONCURRENTLY ix_saved_view_owner ON saved_view (owner)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_saved_view_owner")
