# SPDX-License-Identifier: EUPL-1.2
"""The index by which those who were asked in a time are counted."""

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_survey_asked")
        op.execute("CREATE INDEX CONCURRENTLY ix_survey_asked ON survey (collectivity, asked_at)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_survey_asked")
