# SPDX-License-Identifier: EUPL-1.2
"""Requests that report the same as another one."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merge",
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["request.id"], name=op.f("fk_merge_child_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["parent_id"], ["request.id"], name=op.f("fk_merge_parent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("child_id", name=op.f("pk_merge")),
    )
    op.create_index("ix_merge_parent", "merge", ["parent_id", "child_id"], unique=False)


def downgrade() -> None:
    op.drop_table("merge")
