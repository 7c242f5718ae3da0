# SPDX-License-Identifier: EUPL-1.2
"""Each attempt of what goes to many."""

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "broadcast_attempt",
        sa.Column("recipient", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reply", sa.String(), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("segments", sa.SmallInteger(), nullable=True),
        sa.Column("cost_millicents", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("recipient", "channel", "number", "step", name=op.f("pk_broadcast_attempt")),
    )


def downgrade() -> None:
    op.drop_table("broadcast_attempt")
