# SPDX-License-Identifier: EUPL-1.2
"""Accounts that went into others, and whose key seals a file that has changed hands."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "merged_account",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("into_person", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_merged_account")),
    )
    op.create_index(op.f("ix_merged_account_into_person"), "merged_account", ["into_person"], unique=False)
    op.add_column("attachment", sa.Column("sealed_for", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("attachment", "sealed_for")
    op.drop_table("merged_account")
