# SPDX-License-Identifier: EUPL-1.2
"""Each application says what FranceConnect is asked at its sign-ins: nothing, unless somebody says otherwise."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "client",
        sa.Column("franceconnect_scopes", postgresql.ARRAY(sa.TEXT()), server_default=sa.text("'{}'"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("client", "franceconnect_scopes")
