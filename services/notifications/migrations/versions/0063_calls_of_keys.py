# SPDX-License-Identifier: EUPL-1.2
"""How many messages an application's key may have said by telephone in a day: none, unless somebody says so."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sending_key", sa.Column("calls_per_day", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("sending_key", "calls_per_day")
