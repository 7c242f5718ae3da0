# SPDX-License-Identifier: EUPL-1.2
"""An appointment keeps whether its person came; null while nobody has said."""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("appointment", sa.Column("attended", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("appointment", "attended")
