# SPDX-License-Identifier: EUPL-1.2
"""How often an erasure has failed, by which it waits longer each time and holds up no other."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account_erasure", sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    op.drop_column("account_erasure", "failures")
