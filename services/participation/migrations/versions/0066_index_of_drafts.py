# SPDX-License-Identifier: EUPL-1.2
"""Drafts of proposals that nobody changes are found to be deleted."""

from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_proposal_draft")
        op.execute("CREATE INDEX CONCURRENTLY ix_proposal_draft ON proposal (changed_at) WHERE state = 'draft'")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_proposal_draft")
