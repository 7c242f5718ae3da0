# SPDX-License-Identifier: EUPL-1.2
"""The services for which a client may exchange a person's token."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "client", sa.Column("exchanges", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'"), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("client", "exchanges")
