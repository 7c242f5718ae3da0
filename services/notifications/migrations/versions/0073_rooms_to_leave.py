# SPDX-License-Identifier: EUPL-1.2
"""Rooms outlive the address that they were for, until the town has left them."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

_NAME = "fk_chat_room_address_id_chat_address"


def upgrade() -> None:
    op.add_column(
        "chat_room", sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()"))
    )
    # Whoever runs the version before makes no room without one.
    op.execute("-- squawk-ignore ban-drop-not-null\nALTER TABLE chat_room ALTER COLUMN address_id DROP NOT NULL")
    op.execute(f"-- squawk-ignore ban-drop-constraint\nALTER TABLE chat_room DROP CONSTRAINT {_NAME}")
    op.create_foreign_key(
        _NAME, "chat_room", "chat_address", ["address_id"], ["id"], ondelete="SET NULL", postgresql_not_valid=True
    )


def downgrade() -> None:
    op.execute("DELETE FROM chat_room WHERE address_id IS NULL")
    op.drop_constraint(_NAME, "chat_room", type_="foreignkey")
    op.create_foreign_key(_NAME, "chat_room", "chat_address", ["address_id"], ["id"], ondelete="CASCADE")
    op.alter_column("chat_room", "address_id", nullable=False)
    op.drop_column("chat_room", "due_at")
