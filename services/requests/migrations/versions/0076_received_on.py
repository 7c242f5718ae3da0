# SPDX-License-Identifier: EUPL-1.2
"""A request keeps the day on which the town received it, where an agent entered it later; so do acts that say it."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request", sa.Column("received_on", sa.Date(), nullable=True))
    op.add_column("history_entry", sa.Column("received_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("history_entry", "received_on")
    op.drop_column("request", "received_on")
