# SPDX-License-Identifier: EUPL-1.2
"""One case for what an amendment is answered, and whose answers go with a merged account."""

from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_moderation_case_amendment_answer")
        op.execute(
            "CREATE UNIQUE INDEX CONCURRENTLY ix_moderation_case_amendment_answer"
            " ON moderation_case (amendment_answer_id, comment_version)"
        )
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_proposal_amendment_answered_by")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_proposal_amendment_answered_by ON proposal_amendment (answered_by)"
            " WHERE answered_by IS NOT NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_proposal_amendment_answered_by")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_moderation_case_amendment_answer")
