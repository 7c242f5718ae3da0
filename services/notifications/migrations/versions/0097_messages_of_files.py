# SPDX-License-Identifier: EUPL-1.2
"""Which messages of applications a file had sent."""

import sqlalchemy as sa
from alembic import op

revision = "0097"
down_revision = "0096"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sent_message", sa.Column("by_file", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("sent_message", "by_file")
