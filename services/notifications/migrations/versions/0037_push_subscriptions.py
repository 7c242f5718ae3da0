# SPDX-License-Identifier: EUPL-1.2
"""Browsers that people are told by, and deliveries to each of them."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("work", sa.Boolean(), nullable=False),
        sa.Column("browser", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.LargeBinary(), nullable=True),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("server_key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
    )
    op.create_index("ix_push_subscription_person", "push_subscription", ["person", "collectivity"], unique=False)
    op.create_index("uq_push_subscription_mark", "push_subscription", ["collectivity", "mark"], unique=True)
    op.add_column("delivery", sa.Column("target", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM delivery WHERE channel = 'push'")
    op.drop_column("delivery", "target")
    op.drop_table("push_subscription")
