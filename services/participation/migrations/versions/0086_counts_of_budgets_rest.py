# SPDX-License-Identifier: EUPL-1.2
"""How often the count of a budget was tried, and until when nobody tries it again."""

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("budget", sa.Column("count_tries", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("budget", sa.Column("count_after", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("budget", "count_after")
    op.drop_column("budget", "count_tries")
