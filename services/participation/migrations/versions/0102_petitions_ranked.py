# SPDX-License-Identifier: EUPL-1.2
"""Petitions are listed by the signatures that the worker counted last."""

import sqlalchemy as sa
from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("petition", sa.Column("ranked_signatures", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    op.drop_column("petition", "ranked_signatures")
