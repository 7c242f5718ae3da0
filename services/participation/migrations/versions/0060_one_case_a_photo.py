# SPDX-License-Identifier: EUPL-1.2
"""One case for what a photo shows, as for what a comment says."""

from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_moderation_case_photo")
        op.execute(
            "CREATE UNIQUE INDEX CONCURRENTLY ix_moderation_case_photo ON moderation_case (photo_id, comment_version)"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_moderation_case_photo")
