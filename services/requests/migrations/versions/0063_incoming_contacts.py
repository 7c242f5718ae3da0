# SPDX-License-Identifier: EUPL-1.2
"""What people write by other ways than the portal: what is to be fetched, and contacts that agents qualify."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "received_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_received_message"),
    )
    op.create_index("ix_received_message_due", "received_message", ["due_at"])
    op.create_table(
        "incoming_contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("suggested", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("received_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incoming_contact"),
    )
    op.create_index("ix_incoming_contact_received", "incoming_contact", ["collectivity", "received_at", "id"])
    op.create_index("ix_incoming_contact_state", "incoming_contact", ["collectivity", "state", "received_at", "id"])
    op.create_index("ix_incoming_contact_kept", "incoming_contact", ["received_at", "id"])
    op.create_table(
        "contact_act",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("collectivity", sa.Text(), nullable=False),
        sa.Column("actor", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("contact_id", "sequence", name="pk_contact_act"),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["incoming_contact.id"],
            ondelete="CASCADE",
            name="fk_contact_act_contact_id_incoming_contact",
        ),
    )
    op.add_column("attachment", sa.Column("contact_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("attachment", "contact_id")
    op.drop_table("contact_act")
    op.drop_table("incoming_contact")
    op.drop_table("received_message")
