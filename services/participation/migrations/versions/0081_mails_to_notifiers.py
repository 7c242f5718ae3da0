# SPDX-License-Identifier: EUPL-1.2
"""Mails to people who reported something without an account."""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("content_notice", sa.Column("address", sa.LargeBinary(), nullable=True))
    op.add_column("content_notice", sa.Column("language", sa.String(), nullable=True))
    op.add_column("content_notice", sa.Column("mailed", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("content_notice", "mailed")
    op.drop_column("content_notice", "language")
    op.drop_column("content_notice", "address")
