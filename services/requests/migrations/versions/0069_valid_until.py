# SPDX-License-Identifier: EUPL-1.2
"""Until which day holds what a request was granted."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request", sa.Column("valid_until_on", sa.Date))


def downgrade() -> None:
    op.drop_column("request", "valid_until_on")
