# SPDX-License-Identifier: EUPL-1.2
"""One case for what a petition says, and removed petitions whose signatures are to be forgotten."""

from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_moderation_case_petition")
        op.execute(
            "CREATE UNIQUE INDEX CONCURRENTLY ix_moderation_case_petition"
            " ON moderation_case (petition_id, comment_version)"
        )
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_petition_removed")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_petition_removed ON petition (removed_at)"
            " WHERE state = 'removed' AND signed IS NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_petition_removed")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_moderation_case_petition")
