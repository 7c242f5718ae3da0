# SPDX-License-Identifier: EUPL-1.2
"""A merge is found by the link that calls it off."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_account_merge_objection_hash")
        op.execute("CREATE INDEX CONCURRENTLY ix_account_merge_objection_hash ON account_merge (objection_hash)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_account_merge_objection_hash")
