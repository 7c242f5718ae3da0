# SPDX-License-Identifier: EUPL-1.2
"""Processes say whom people ask about them; those of before name nobody."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0109"
down_revision = "0108"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("process", sa.Column("contacts", JSONB(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("process", "contacts")
