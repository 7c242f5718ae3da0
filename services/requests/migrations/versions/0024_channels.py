# SPDX-License-Identifier: EUPL-1.2
"""The way by which a request came to the town, and since when somebody without an account may be written to."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("request", sa.Column("channel", sa.String(), nullable=False, server_default="online"))
    op.add_column("reporter", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("reporter", "confirmed_at")
    op.drop_column("request", "channel")
