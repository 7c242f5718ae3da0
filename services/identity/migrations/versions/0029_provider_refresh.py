# SPDX-License-Identifier: EUPL-1.2
"""A session keeps the provider's refresh token, sealed, and when the provider was asked last."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("refresh_token", sa.LargeBinary(), nullable=True))
    op.add_column("session", sa.Column("provider_asked_at", sa.TIMESTAMP(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("session", "provider_asked_at")
    op.drop_column("session", "refresh_token")
