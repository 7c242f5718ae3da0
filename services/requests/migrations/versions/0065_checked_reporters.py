# SPDX-License-Identifier: EUPL-1.2
"""Whoever files without an account is looked at once, whether a request came of it."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reporter", sa.Column("checked", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("reporter", "checked")
