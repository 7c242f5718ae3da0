# SPDX-License-Identifier: EUPL-1.2
"""The life cycle of agents: what they are called, where they work, and since when they may not come in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "membership",
        sa.Column("territories", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'"), nullable=False),
        if_not_exists=True,
    )
    op.add_column(
        "membership",
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        if_not_exists=True,
    )
    op.add_column("membership", sa.Column("profile", sa.LargeBinary(), nullable=True), if_not_exists=True)
    op.add_column(
        "membership", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True), if_not_exists=True
    )
    op.add_column(
        "membership",
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        if_not_exists=True,
    )
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_membership_collectivity_created_at_id")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_membership_collectivity_created_at_id"
            " ON membership (collectivity, created_at, id)"
        )


def downgrade() -> None:
    op.drop_index("ix_membership_collectivity_created_at_id", table_name="membership")
    for column in ("updated_at", "suspended_at", "profile", "version", "territories"):
        op.drop_column("membership", column)
