# SPDX-License-Identifier: EUPL-1.2
"""Why a delivery failed is kept as what it means, by whoever knew: a provider's code means what its protocol says."""

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None

_FUNCTION = """
CREATE OR REPLACE FUNCTION note_sent_message_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO sent_message_change (id, message_id, collectivity, state, reply, {column} changed_at)
    SELECT gen_random_uuid(), s.id, s.collectivity, NEW.state, NEW.last_reply, {value} now() FROM sent_message s
    WHERE s.id = NEW.message_id AND EXISTS (SELECT 1 FROM webhook_subscription w WHERE w.collectivity = s.collectivity
        AND w.client_id = 'sending-key/' || s.key_id AND w.state = 'active');
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.add_column("delivery", sa.Column("fault", sa.String(), nullable=True))
    op.add_column("sent_message_change", sa.Column("fault", sa.String(), nullable=True))
    op.execute(_FUNCTION.format(column="fault,", value="NEW.fault,"))


def downgrade() -> None:
    op.execute(_FUNCTION.format(column="", value=""))
    op.drop_column("sent_message_change", "fault")
    op.drop_column("delivery", "fault")
