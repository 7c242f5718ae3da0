# SPDX-License-Identifier: EUPL-1.2
"""Agents who are named in notes."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mention",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("agent", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_mention_message_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_mention_request_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("message_id", "agent", name=op.f("pk_mention")),
    )
    op.create_index("ix_mention_request", "mention", ["request_id"], unique=False)
    op.create_index("ix_mention_agent", "mention", ["collectivity", "agent", "request_id"], unique=False)


def downgrade() -> None:
    op.drop_table("mention")
