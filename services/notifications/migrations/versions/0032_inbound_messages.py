# SPDX-License-Identifier: EUPL-1.2
"""Answers to mails: the conversations that they belong to, and what came in until its owner has taken it."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("told_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversation"),
        sa.UniqueConstraint("collectivity", "request_id", "person", name="uq_conversation_collectivity"),
    )
    op.create_index("ix_conversation_person", "conversation", ["person"])
    op.create_index("ix_conversation_told_at", "conversation", ["told_at"])
    op.create_table(
        "inbound_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("taken_at", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbound_message"),
        sa.UniqueConstraint("collectivity", "fingerprint", name="uq_inbound_message_collectivity"),
    )
    op.create_index("ix_inbound_message_received_at", "inbound_message", ["received_at", "id"])
    op.create_index("ix_inbound_message_conversation", "inbound_message", ["conversation", "received_at"])
    op.create_index("ix_inbound_message_collectivity", "inbound_message", ["collectivity", "received_at"])
    op.create_table(
        "inbound_file",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("collectivity", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "position", name="pk_inbound_file"),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["inbound_message.id"],
            ondelete="CASCADE",
            name="fk_inbound_file_message_id_inbound_message",
        ),
    )
    op.add_column("message", sa.Column("conversation", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("message", "conversation")
    op.drop_table("inbound_file")
    op.drop_table("inbound_message")
    op.drop_table("conversation")
