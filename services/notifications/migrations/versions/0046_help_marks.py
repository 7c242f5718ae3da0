# SPDX-License-Identifier: EUPL-1.2
"""That agents say who was helped of those who asked for it."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recipient", sa.Column("helped_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "help_mark",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.BigInteger(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("key_person", sa.Uuid(), nullable=True),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipient"], ["recipient.number"], name=op.f("fk_help_mark_recipient_recipient"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_mark")),
    )
    op.create_index("ix_help_mark_recipient", "help_mark", ["recipient", "created_at", "id"], unique=False)
    op.create_index(
        "ix_help_mark_key_person",
        "help_mark",
        ["key_person"],
        unique=False,
        postgresql_where=sa.text("note IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("help_mark")
    op.drop_column("recipient", "helped_at")
