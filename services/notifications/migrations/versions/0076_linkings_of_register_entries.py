# SPDX-License-Identifier: EUPL-1.2
"""What an account that was linked to an entry of the register said there can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("register_change", sa.Column("home", sa.LargeBinary(), nullable=True))
    op.add_column(
        "register_change", sa.Column("linking", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("register_change", "linking")
    op.drop_column("register_change", "home")
