# SPDX-License-Identifier: EUPL-1.2
"""Accounts that went into others, and entries of the roll that are no votes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
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
    op.create_table(
        "poll_hold",
        sa.Column("poll_id", sa.Uuid(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("voted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_hold_poll_id")),
        sa.PrimaryKeyConstraint("poll_id", "person_key", name=op.f("pk_poll_hold")),
    )


def downgrade() -> None:
    op.drop_table("poll_hold")
    op.drop_table("merged_account")
