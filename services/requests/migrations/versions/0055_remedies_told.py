# SPDX-License-Identifier: EUPL-1.2
"""A refusal keeps whether the remedies against it were told with it; of older ones nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("history_entry", sa.Column("remedies_told", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("history_entry", "remedies_told")
