# SPDX-License-Identifier: EUPL-1.2
"""The reference of the request that a reminder is about."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reminder", sa.Column("reference", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("reminder", "reference")
