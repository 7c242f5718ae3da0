# SPDX-License-Identifier: EUPL-1.2
"""Which browsers of a person have what goes to many, while others are still to be told."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("broadcast_delivery", sa.Column("taken_by", postgresql.ARRAY(sa.Uuid()), nullable=True))


def downgrade() -> None:
    op.drop_column("broadcast_delivery", "taken_by")
