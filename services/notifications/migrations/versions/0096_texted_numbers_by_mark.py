# SPDX-License-Identifier: EUPL-1.2
"""Who was last texted at a number is found by it; built beside the running service."""

from alembic import op

revision = "0096"
down_revision = "0095"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_texted_number_mark")
        op.execute("CREATE INDEX CONCURRENTLY ix_texted_number_mark ON texted_number (mark, collectivity)")


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_texted_number_mark")
