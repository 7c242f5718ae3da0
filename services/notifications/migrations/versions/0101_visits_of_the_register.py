# SPDX-License-Identifier: EUPL-1.2
"""Who of the register was called on during an alert."""

import sqlalchemy as sa
from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register_visit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.BigInteger(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_visit")),
        sa.ForeignKeyConstraint(
            ["recipient"], ["recipient.number"], name=op.f("fk_register_visit_recipient_recipient"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_register_visit_recipient", "register_visit", ["recipient", "created_at", "id"])


def downgrade() -> None:
    op.drop_table("register_visit")
