# SPDX-License-Identifier: EUPL-1.2
"""How people want to be told, and why each message went as it did."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preference",
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("quiet_begins", sa.Time(), nullable=True),
        sa.Column("quiet_ends", sa.Time(), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=True),
        sa.Column("channels", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("collectivity", "person", name=op.f("pk_preference")),
    )
    op.create_table(
        "delivery_decision",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("not_before_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_delivery_decision_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "channel", name=op.f("pk_delivery_decision")),
    )
    op.add_column("email_delivery", sa.Column("not_before_at", sa.DateTime(timezone=True), nullable=True))
    # Until now whoever had an address got a mail, and nothing else decided.
    op.execute(
        "INSERT INTO delivery_decision (message_id, channel, collectivity, outcome, reason, decided_at)"
        " SELECT m.id, 'email', m.collectivity, CASE WHEN d.id IS NULL THEN 'withheld' ELSE 'sent' END,"
        " CASE WHEN d.id IS NULL THEN 'no-address' ELSE 'default' END, m.created_at"
        " FROM message m LEFT JOIN email_delivery d ON d.message_id = m.id"
    )


def downgrade() -> None:
    op.drop_column("email_delivery", "not_before_at")
    op.drop_table("delivery_decision")
    op.drop_table("preference")
