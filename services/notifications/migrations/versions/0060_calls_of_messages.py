# SPDX-License-Identifier: EUPL-1.2
"""Calls of messages to one person: their words, and their rows among those of alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("voice", sa.LargeBinary(), nullable=True))
    op.add_column("voice_call", sa.Column("delivery_id", sa.Uuid(), nullable=True))
    # Whoever runs the version before asks for the calls of one recipient, and does not see the rows without.
    op.execute("-- squawk-ignore ban-drop-not-null\nALTER TABLE voice_call ALTER COLUMN recipient DROP NOT NULL")
    op.create_foreign_key(
        op.f("fk_voice_call_delivery_id_delivery"),
        "voice_call",
        "delivery",
        ["delivery_id"],
        ["id"],
        ondelete="CASCADE",
        postgresql_not_valid=True,
    )
    op.execute(
        "ALTER TABLE voice_call ADD CONSTRAINT ck_voice_call_of_one"
        " CHECK (num_nonnulls(recipient, delivery_id) = 1) NOT VALID"
    )


def downgrade() -> None:
    op.drop_column("message", "voice")
    op.execute("DELETE FROM voice_call WHERE recipient IS NULL")
    op.drop_column("voice_call", "delivery_id")
    op.alter_column("voice_call", "recipient", nullable=False)
