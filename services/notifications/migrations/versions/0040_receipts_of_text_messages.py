# SPDX-License-Identifier: EUPL-1.2
"""What operators told by SMPP of text messages, whenever it came."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sms_receipt",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=False),
        sa.Column("reference", sa.Integer(), nullable=True),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("provider", "message_id", name=op.f("pk_sms_receipt")),
    )
    op.create_index("ix_sms_receipt_recipient", "sms_receipt", ["provider", "recipient", "reference"])
    op.create_index("ix_sms_receipt_created_at", "sms_receipt", ["created_at"])


def downgrade() -> None:
    op.drop_table("sms_receipt")
