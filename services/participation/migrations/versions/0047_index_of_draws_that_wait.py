# SPDX-License-Identifier: EUPL-1.2
"""Find the draws of an assembly that are not drawn yet."""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        # A build that was broken off leaves an invalid index behind.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_assembly_draw_waiting")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_assembly_draw_waiting ON assembly_draw (assembly_id)"
            " WHERE drawn_at IS NULL AND voided_at IS NULL"
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_assembly_draw_waiting")
