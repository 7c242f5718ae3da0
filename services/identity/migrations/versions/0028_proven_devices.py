# SPDX-License-Identifier: EUPL-1.2
"""A device that has shown a second factor of an account has an allowance of its own for codes."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("known_device", sa.Column("proven", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("known_device", "proven")
