# SPDX-License-Identifier: EUPL-1.2
"""Whose the rooms are is checked beside the running service."""

from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE chat_room VALIDATE CONSTRAINT fk_chat_room_address_id_chat_address")


def downgrade() -> None:
    """What was checked stays so."""
