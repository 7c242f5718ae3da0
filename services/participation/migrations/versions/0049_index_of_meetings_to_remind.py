# SPDX-License-Identifier: EUPL-1.2
"""Find the meetings of which people are still to be reminded."""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_meeting_to_remind")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_meeting_to_remind ON meeting (begins_at)"
            " WHERE reminded_of IS DISTINCT FROM begins_at"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_meeting_to_remind")
