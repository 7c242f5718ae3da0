# SPDX-License-Identifier: EUPL-1.2
"""What a webhook subscription wants beyond types of events, and the keys that it had before the present ones."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    codes = postgresql.ARRAY(sa.TEXT())
    op.add_column("webhook_subscription", sa.Column("request_types", codes, nullable=True))
    op.add_column("webhook_subscription", sa.Column("areas", codes, nullable=True))
    op.add_column("webhook_subscription", sa.Column("public_key", sa.String(), nullable=True))
    op.add_column("webhook_subscription", sa.Column("previous_secret", sa.LargeBinary(), nullable=True))
    op.add_column("webhook_subscription", sa.Column("previous_secret_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("previous_secret_until", "previous_secret", "public_key", "areas", "request_types"):
        op.drop_column("webhook_subscription", name)
