# SPDX-License-Identifier: EUPL-1.2
"""Addresses at which nothing arrives, by their blind index."""

import sqlalchemy as sa
from alembic import op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dead_address",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dead_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("mark", "collectivity", "channel", name=op.f("pk_dead_address")),
    )
    op.create_index("ix_dead_address_holds", "dead_address", ["collectivity", "channel", "dead_until"])
    op.create_index("ix_dead_address_told_at", "dead_address", ["told_at"])


def downgrade() -> None:
    op.drop_table("dead_address")
