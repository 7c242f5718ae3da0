# SPDX-License-Identifier: EUPL-1.2
"""Of each wait that somebody runs into, the audit trail keeps one line: up to which wait it has, the count says."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("login_attempt", sa.Column("noted_until", sa.TIMESTAMP(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("login_attempt", "noted_until")
