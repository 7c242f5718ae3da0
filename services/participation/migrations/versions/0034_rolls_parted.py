# SPDX-License-Identifier: EUPL-1.2
"""When a closed poll's roll was written anew; the rolls of before are at the next look."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("poll", sa.Column("roll_parted_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("poll", "roll_parted_at")
