# SPDX-License-Identifier: EUPL-1.2
"""What people chose themselves of their profile, and which contact points were verified."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("person", sa.Column("email_verified_at", _INSTANT, nullable=True))
    op.add_column("person", sa.Column("phone_verified_at", _INSTANT, nullable=True))
    texts = postgresql.ARRAY(sa.TEXT())
    op.add_column("person", sa.Column("own", texts, server_default=sa.text("'{}'"), nullable=False))


def downgrade() -> None:
    op.drop_column("person", "own")
    op.drop_column("person", "phone_verified_at")
    op.drop_column("person", "email_verified_at")
