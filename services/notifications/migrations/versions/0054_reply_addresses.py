# SPDX-License-Identifier: EUPL-1.2
"""The addresses of conversations that were revoked, and those that took their places."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reply_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.Text(), nullable=False),
        sa.Column("revoked_at", _INSTANT, nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_reply_address"),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversation.id"],
            ondelete="CASCADE",
            name="fk_reply_address_conversation_conversation",
        ),
    )
    op.create_index("ix_reply_address_conversation", "reply_address", ["conversation"])
    op.add_column("conversation", sa.Column("address", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("conversation", "address")
    op.drop_table("reply_address")
