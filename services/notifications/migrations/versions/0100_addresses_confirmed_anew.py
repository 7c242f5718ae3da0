# SPDX-License-Identifier: EUPL-1.2
"""Of whom it is to be asked which address they have confirmed anew."""

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = "0099"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "confirmed_address",
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "channel", name=op.f("pk_confirmed_address")),
    )
    op.create_index("ix_confirmed_address_due_at", "confirmed_address", ["due_at"])


def downgrade() -> None:
    op.drop_table("confirmed_address")
