# SPDX-License-Identifier: EUPL-1.2
"""The index of organisations' mandates, built beside the running service; safe to repeat after it broke off."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_mandate_organisation")
        op.execute("CREATE INDEX CONCURRENTLY ix_mandate_organisation ON mandate (organisation)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_mandate_organisation")
