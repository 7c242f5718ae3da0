# SPDX-License-Identifier: EUPL-1.2
"""Each agenda says how long before their start people are reminded of its appointments."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A day: what is booked already is told so with its next change only.
    op.add_column("agenda", sa.Column("reminder_minutes", sa.Integer(), server_default="1440", nullable=False))


def downgrade() -> None:
    op.drop_column("agenda", "reminder_minutes")
