# SPDX-License-Identifier: EUPL-1.2
"""The proposals of a process are read by pages."""

from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_proposal_process")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_proposal_process ON proposal (process_id, created_at, id)"
            " WHERE process_id IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_proposal_process")
