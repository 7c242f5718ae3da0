# SPDX-License-Identifier: EUPL-1.2
"""News can be written ahead: from when on they go and are shown; those that there are went when they were written."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # With a default: the version before writes rows without it, which go at once.
    now = sa.text("now()")
    op.add_column("broadcast", sa.Column("publish_at", sa.TIMESTAMP(timezone=True), server_default=now, nullable=False))
    op.execute("UPDATE broadcast SET publish_at = created_at")


def downgrade() -> None:
    op.drop_column("broadcast", "publish_at")
