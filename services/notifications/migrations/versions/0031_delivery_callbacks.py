# SPDX-License-Identifier: EUPL-1.2
"""What applications are called back about: each change of a message that they had sent, by whichever statement."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# A trigger, because a dozen statements move a delivery on and none may forget to say so. The row lock of the delivery
# gives the changes of one message their numbers in the order in which they are committed.
_FUNCTION = """
CREATE FUNCTION note_sent_message_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO sent_message_change (id, message_id, collectivity, state, reply, changed_at)
    SELECT gen_random_uuid(), s.id, s.collectivity, NEW.state, NEW.last_reply, now() FROM sent_message s
    WHERE s.id = NEW.message_id AND EXISTS (SELECT 1 FROM webhook_subscription w WHERE w.collectivity = s.collectivity
        AND w.client_id = 'sending-key/' || s.key_id AND w.state = 'active');
    RETURN NULL;
END $$
"""
_TRIGGER = """
CREATE TRIGGER delivery_changed AFTER UPDATE OF state ON delivery FOR EACH ROW
WHEN (OLD.state IS DISTINCT FROM NEW.state
    AND NEW.state IN ('sent', 'delivered', 'failed', 'bounced', 'unknown'))
EXECUTE FUNCTION note_sent_message_change()
"""


def upgrade() -> None:
    op.add_column("webhook_event", sa.Column("person", sa.Uuid(), nullable=True))
    op.create_table(
        "sent_message_change",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("collectivity", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reply", sa.String(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["sent_message.id"], name=op.f("fk_sent_message_change_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sent_message_change")),
    )
    op.create_index("ix_sent_message_change_message_id", "sent_message_change", ["message_id"])
    op.execute(_FUNCTION)
    op.execute(_TRIGGER)


def downgrade() -> None:
    op.execute("DROP TRIGGER delivery_changed ON delivery")
    op.execute("DROP FUNCTION note_sent_message_change()")
    op.drop_table("sent_message_change")
    op.drop_column("webhook_event", "person")
