# SPDX-License-Identifier: EUPL-1.2
"""Mandates to organisations, and through which organisation somebody acted."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mandate", sa.Column("organisation", sa.Uuid(), nullable=True))
    op.add_column("act_on_behalf", sa.Column("organisation", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("act_on_behalf", "organisation")
    op.drop_column("mandate", "organisation")
