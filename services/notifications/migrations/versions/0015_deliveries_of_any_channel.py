# SPDX-License-Identifier: EUPL-1.2
"""The way of a message by any channel, not by e-mail alone, with each attempt at it.

Processes of the version before go on during an upgrade: what they call ``email_delivery`` is a view, through which
they read, lock and write the e-mails among the deliveries. The version after this one may drop it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_FORMERLY = (
    "id, message_id, collectivity, address, address_doubts, state, attempts, not_before_at, due_at, claim,"
    " handed_over_at, last_reply, traceparent, created_at, sent_at, delayed_at, bounced_at, report_status"
)


def upgrade() -> None:
    # The view below keeps the former name usable.
    op.execute("-- squawk-ignore renaming-table\nALTER TABLE email_delivery RENAME TO delivery")
    channel = sa.Column("channel", sa.String(), server_default=sa.text("'email'"), nullable=False)
    op.add_column("delivery", channel)
    op.add_column("delivery", sa.Column("provider", sa.String(), nullable=True))
    op.add_column("delivery", sa.Column("provider_reference", sa.String(), nullable=True))
    op.add_column("delivery", sa.Column("segments", sa.SmallInteger(), nullable=True))
    op.add_column("delivery", sa.Column("cost_millicents", sa.BigInteger(), nullable=True))
    op.add_column("delivery", sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"CREATE VIEW email_delivery AS SELECT {_FORMERLY} FROM delivery WHERE channel = 'email'")
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reply", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_attempt_delivery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
    )
    op.create_index("ix_delivery_attempt_delivery_id", "delivery_attempt", ["delivery_id"], unique=False)


def downgrade() -> None:
    op.drop_table("delivery_attempt")
    op.execute("DROP VIEW email_delivery")
    op.execute("DELETE FROM delivery WHERE channel <> 'email'")
    added = ("ask_at", "delivered_at", "cost_millicents", "segments", "provider_reference", "provider", "channel")
    for column in added:
        op.drop_column("delivery", column)
    op.rename_table("delivery", "email_delivery")
