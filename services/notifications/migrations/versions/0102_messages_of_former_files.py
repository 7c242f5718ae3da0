# SPDX-License-Identifier: EUPL-1.2
"""Which messages files had sent until now, as deliveries of many know: apart from the column, which locks the table."""

from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE sent_message s SET by_file = true FROM delivery d WHERE d.message_id = s.id AND d.bulk")


def downgrade() -> None:
    """The column, which goes with its own revision, may go on saying so."""
