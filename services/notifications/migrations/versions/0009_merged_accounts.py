# SPDX-License-Identifier: EUPL-1.2
"""Accounts that went into others."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merged_account",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("into_person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.TEXT(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_merged_account")),
    )
    op.create_index(op.f("ix_merged_account_into_person"), "merged_account", ["into_person"], unique=False)


def downgrade() -> None:
    op.drop_table("merged_account")
