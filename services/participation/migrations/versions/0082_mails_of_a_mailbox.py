# SPDX-License-Identifier: EUPL-1.2
"""An index of the mailboxes that notices of people without an account are answered to."""

from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_content_notice_mailed")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_content_notice_mailed ON content_notice (address, created_at) WHERE mailed"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_content_notice_mailed")
