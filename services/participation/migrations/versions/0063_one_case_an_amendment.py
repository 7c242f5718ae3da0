# SPDX-License-Identifier: EUPL-1.2
"""One case for what an amendment says, as for what a comment says."""

from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_moderation_case_amendment")
        op.execute(
            "CREATE UNIQUE INDEX CONCURRENTLY ix_moderation_case_amendment"
            " ON moderation_case (amendment_id, comment_version)"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_moderation_case_amendment")
