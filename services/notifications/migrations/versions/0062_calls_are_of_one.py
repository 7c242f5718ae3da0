# SPDX-License-Identifier: EUPL-1.2
"""Each call is of an alert or of a message: seen of those that there are, in a transaction of its own."""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE voice_call VALIDATE CONSTRAINT fk_voice_call_delivery_id_delivery")
    op.execute("ALTER TABLE voice_call VALIDATE CONSTRAINT ck_voice_call_of_one")


def downgrade() -> None:
    pass
