# SPDX-License-Identifier: EUPL-1.2
"""Addresses of people in a messenger, the rooms in which they are written to, and codes that were asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chat_address",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("code_mark", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_address")),
    )
    owner = ["person", "collectivity"]
    confirmed, pending = sa.text("confirmed_at IS NOT NULL"), sa.text("confirmed_at IS NULL")
    op.create_index("uq_chat_address_confirmed", "chat_address", owner, unique=True, postgresql_where=confirmed)
    op.create_index("uq_chat_address_pending", "chat_address", owner, unique=True, postgresql_where=pending)
    op.create_index("ix_chat_address_person", "chat_address", owner)
    op.create_index("ix_chat_address_expires_at", "chat_address", ["expires_at"], postgresql_where=pending)
    op.create_table(
        "chat_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_code")),
    )
    op.create_index("ix_chat_code_person", "chat_code", ["person", "created_at"])
    op.create_index("ix_chat_code_mark", "chat_code", ["mark", "created_at"])
    op.create_index("ix_chat_code_created_at", "chat_code", ["created_at"])
    op.create_table(
        "chat_room",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["address_id"], ["chat_address.id"], name=op.f("fk_chat_room_address_id_chat_address"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_room")),
        sa.UniqueConstraint("address_id", "provider", name=op.f("uq_chat_room_address_id_provider")),
    )
    op.create_index(
        "uq_chat_room_room",
        "chat_room",
        ["provider", "room"],
        unique=True,
        postgresql_where=sa.text("room IS NOT NULL"),
    )


def downgrade() -> None:
    op.execute("DELETE FROM delivery WHERE channel = 'chat'")
    op.drop_table("chat_room")
    op.drop_table("chat_code")
    op.drop_table("chat_address")
