# SPDX-License-Identifier: EUPL-1.2
"""How many had signed a petition whose signatures are forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("petition", sa.Column("signed", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("petition", "signed")
