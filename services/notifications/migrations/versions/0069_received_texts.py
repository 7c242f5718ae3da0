# SPDX-License-Identifier: EUPL-1.2
"""Text messages that come in for an application of the town, by the number that one of its keys has."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sending_key", sa.Column("inbound_number", sa.String(), nullable=True))
    op.create_table(
        "received_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("application", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_text")),
    )
    op.create_index("ix_received_text_list", "received_text", ["collectivity", "application", "created_at", "id"])
    op.create_index("ix_received_text_created_at", "received_text", ["created_at"])


def downgrade() -> None:
    op.drop_table("received_text")
    op.drop_column("sending_key", "inbound_number")
