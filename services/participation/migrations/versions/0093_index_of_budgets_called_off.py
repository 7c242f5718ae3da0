# SPDX-License-Identifier: EUPL-1.2
"""Budgets that were called off are found to forget who voted."""

from alembic import op

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_budget_called_off")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_budget_called_off ON budget (called_off_at) WHERE forgotten_at IS NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_budget_called_off")
