# SPDX-License-Identifier: EUPL-1.2
"""Mails that wait learn that their person's address has changed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    doubts = sa.Column("address_doubts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False)
    op.add_column("email_delivery", doubts)


def downgrade() -> None:
    op.drop_column("email_delivery", "address_doubts")
