# SPDX-License-Identifier: EUPL-1.2
"""The index by which a discussion of a proposal is read."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_comment_proposal")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_comment_proposal ON comment (proposal_id, path) WHERE proposal_id IS NOT NULL"
        )


def downgrade() -> None:
    op.drop_index("ix_comment_proposal", table_name="comment")
