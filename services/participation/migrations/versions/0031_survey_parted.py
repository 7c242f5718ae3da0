# SPDX-License-Identifier: EUPL-1.2
"""When a survey's answers were parted from its sheets: those that are complete already are parted at the next look."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("survey", sa.Column("parted_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("survey", "parted_at")
