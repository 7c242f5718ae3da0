# SPDX-License-Identifier: EUPL-1.2
"""Dead letters beside the inbox: what was a topic of Kafka is a table."""

from alembic import op

from parvis_letters.tables import create_letter_table

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_letter_table(op)


def downgrade() -> None:
    op.execute("DROP TABLE dead_letter")
