# SPDX-License-Identifier: EUPL-1.2
"""The frozen rolls of processes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process", sa.Column("roll", JSONB(), nullable=True), if_not_exists=True)
    op.add_column("process", sa.Column("roll_salt", sa.LargeBinary(), nullable=True), if_not_exists=True)
    op.create_table(
        "process_entitled",
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["process_id"], ["process.id"], name=op.f("fk_process_entitled_process_id")),
        sa.PrimaryKeyConstraint("process_id", "mark", name=op.f("pk_process_entitled")),
        if_not_exists=True,
    )
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_process_roll")
        op.create_index(
            "ix_process_roll",
            "process",
            ["ends_at"],
            postgresql_where=sa.text("roll_salt IS NOT NULL"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    op.drop_index("ix_process_roll", table_name="process")
    op.drop_table("process_entitled")
    op.drop_column("process", "roll_salt")
    op.drop_column("process", "roll")
